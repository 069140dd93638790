package dev.longshore.model;

import java.util.List;

/// Makes kinds of the definitions that clients store (CustomResourceDefinition). The machine follows those objects
/// and serves what comes out of here. Thread-safe.
public interface CustomKinds {

    /// Knows no custom kinds: nothing is served beside what is built in.
    CustomKinds NONE = definition -> new Made(List.of(), List.of());

    /// What `definition`, a stored and valid CustomResourceDefinition whose names were accepted, defines.
    Made make(Resource definition);

    /// The kinds of one definition.
    ///
    /// @param served those versions that clients may use
    /// @param kept those in which objects can be read: the served ones and, if it is not among them, the one in
    /// which they are stored
    record Made(List<Served> served, List<Served> kept) {
        public Made {
            served = List.copyOf(served);
            kept = List.copyOf(kept);
        }
    }

    /// One version of a kind with all that is known of its shape.
    ///
    /// @param schemas its own definitions, by which it is described: of an object and of a list
    record Served(ResourceDefinition definition, Schemas schemas) {}
}
