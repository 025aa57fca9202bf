# cmake -D DATA=folder -D OUTPUT=file.cpp -P embed_data.cmake
# Writes the three word lists as raw string literals behind the functions of embedded_data.hpp.

set(code "#include \"examples/g2p/embedded_data.hpp\"\n\nnamespace g2p {\n")
foreach(part train dev test)
    file(READ ${DATA}/${part}.tsv text)
    string(APPEND code "
static constexpr char ${part}_tsv[] = R\"tsv(${text})tsv\";
std::string_view embedded_${part}() { return {${part}_tsv, sizeof ${part}_tsv - 1}; }
")
endforeach()
string(APPEND code "\n}  // namespace g2p\n")
file(WRITE ${OUTPUT} "${code}")
