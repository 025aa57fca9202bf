// g2p: learns how words are pronounced, and pronounces them.

#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "commands.hpp"

int main(int argc, char** argv) {
    CLI::App app("Learns how words are pronounced from a dictionary, and pronounces new ones.");
    app.require_subcommand(1);
    int status = 0;
    g2p::add_train(app, status);
    g2p::add_eval(app, status);
    g2p::add_predict(app, status);
    g2p::add_explain(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "g2p: %s\n", error.what());
        return 1;
    }
    return status;
}
