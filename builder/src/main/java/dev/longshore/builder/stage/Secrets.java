package dev.longshore.builder.stage;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// Where builds find secrets. Called by several stages at once, when a step asks; may block.
@FunctionalInterface
public interface Secrets {

    /// There are none.
    Secrets NONE = id -> Optional.empty();

    /// The secret `id`; whoever gets it writes it nowhere but into the step's sandbox.
    Optional<byte[]> find(String id) throws IOException, InterruptedException;

    /// Those of `byId`.
    static Secrets of(Map<String, byte[]> byId) {
        Map<String, byte[]> all = Map.copyOf(byId);
        return id -> Optional.ofNullable(all.get(id)).map(byte[]::clone);
    }
}
