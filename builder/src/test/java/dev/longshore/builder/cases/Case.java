package dev.longshore.builder.cases;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// One feature of Dockerfiles: what to build, and what comes of it.
///
/// @param name the theme and what it is about
/// @param files the context besides the Dockerfile ([CaseContext] says how they are written)
/// @param web what is on a web server, whose address the Dockerfile calls `@web@`
/// @param before Dockerfiles of images that this one needs, by tag
/// @param expected what comes of it
/// @param buildah what Debian's buildah makes of it
record Case(
        String name,
        String dockerfile,
        JsonNode files,
        JsonNode web,
        Map<String, String> before,
        Order order,
        Expected expected,
        Peer buildah) {

    @Override
    public String toString() {
        return name;
    }

    /// What a build comes to.
    sealed interface Expected {

        /// What it says meanwhile, in this order, with anything between.
        List<String> log();

        /// An image.
        ///
        /// @param tree what it has that its base has not, as [dev.longshore.builder.FileTrees] tells it; `gone`
        ///     for what only the base has
        /// @param config what its `config` has that the base's has not
        /// @param history what made each new step; empty: not looked at
        record Built(Map<String, String> tree, JsonNode config, List<String> history, List<String> log)
                implements Expected {}

        /// A refusal, in these words.
        record Refused(String error, List<String> log) implements Expected {}
    }

    /// What another builder makes of a case.
    sealed interface Peer {

        /// The same image, or no image either.
        ///
        /// @param tree paths that differ, with the reason
        /// @param config entries that differ, with the reason
        record Same(Map<String, String> tree, Map<String, String> config) implements Peer {}

        /// It does not know what the case is about, or means something else.
        record Other(String why) implements Peer {}
    }
}
