#include "model_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <xtape/core/errors.hpp>
#include <xtape/train/checkpoint.hpp>

using namespace xtape;

namespace g2p {

namespace {

constexpr const char* format = "xtape g2p 1";

using Metadata = std::map<std::string, std::string>;

/// One symbol a line: no symbol holds a line's end.
std::string joined(const Vocabulary& vocabulary) {
    return fmt::format("{}", fmt::join(vocabulary.list(), "\n"));
}

Vocabulary parted(const std::string& lines) {
    std::vector<std::string> list;
    std::istringstream in(lines);
    for (std::string symbol; std::getline(in, symbol);) {
        list.push_back(symbol);
    }
    return Vocabulary::from_list(list);
}

const std::string& entry(const Metadata& metadata, const std::string& key,
                         const std::string& path) {
    const auto found = metadata.find(key);
    if (found == metadata.end()) {
        throw FormatError(text(path, ": the metadata lack '", key, "'; it is no g2p checkpoint"));
    }
    return found->second;
}

std::size_t number(const Metadata& metadata, const std::string& key, const std::string& path) {
    const std::string& digits = entry(metadata, key, path);
    std::size_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [last, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || last != end || value > 65536) {
        throw FormatError(text(path, ": the metadata say '", key, "' is '", digits,
                               "'; it must be a number up to 65536"));
    }
    return value;
}

}  // namespace

void save_model(const std::string& path, const Pronouncer& model) {
    save(path, model.parameters(),
         {{"format", format},
          {"letters", joined(model.letters)},
          {"phones", joined(model.phones)},
          {"width", std::to_string(model.config.width)},
          {"heads", std::to_string(model.config.heads)},
          {"feed_forward", std::to_string(model.config.feed_forward)},
          {"encoder_layers", std::to_string(model.config.encoder_layers)},
          {"decoder_layers", std::to_string(model.config.decoder_layers)}});
}

void require_writable(const std::string& path) {
    if (path.empty()) {
        throw IoError("a checkpoint needs a name; the one given is empty");
    }
    // A file is written beside its name and renamed, so the folder is what must be open.
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
        throw IoError(text(path, ": cannot be written: ", std::strerror(errno)));
    }
    const auto status = std::filesystem::symlink_status(path);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        throw IoError(text(path, ": cannot be written: it is there and is no regular file"));
    }
}

Pronouncer load_model(const std::string& path) {
    const Checkpoint checkpoint = load(path);
    const Metadata& metadata = checkpoint.metadata;
    if (entry(metadata, "format", path) != format) {
        throw FormatError(text(path, ": the format is '", entry(metadata, "format", path),
                               "'; this program reads '", format, "'"));
    }
    TransformerConfig config;
    config.width = number(metadata, "width", path);
    config.heads = number(metadata, "heads", path);
    config.feed_forward = number(metadata, "feed_forward", path);
    config.encoder_layers = number(metadata, "encoder_layers", path);
    config.decoder_layers = number(metadata, "decoder_layers", path);
    const Vocabulary phones = parted(entry(metadata, "phones", path));
    if (phones.size() <= Vocabulary::unknown + 1) {
        throw FormatError(
            text(path, ": the vocabulary of phones is empty; there is nothing to say"));
    }
    Pronouncer model(config, parted(entry(metadata, "letters", path)), phones, 0);
    restore(checkpoint, model.parameters());
    return model;
}

}  // namespace g2p
