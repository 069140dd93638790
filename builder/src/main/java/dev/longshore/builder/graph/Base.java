package dev.longshore.builder.graph;

/// What a stage begins with.
public sealed interface Base {

    /// Nothing: `FROM scratch`.
    record Scratch() implements Base {}

    /// What an earlier stage came to.
    ///
    /// @param index its number
    record OfStage(int index) implements Base {}

    /// An image.
    ///
    /// @param name as the Dockerfile has it, expanded
    record OfImage(String name) implements Base {}

    /// A context that the build is given.
    ///
    /// @param name as [NamedContexts] has it
    /// @param isWhole true if it stands for the whole stage, false if for its image
    record OfContext(String name, boolean isWhole) implements Base {}
}
