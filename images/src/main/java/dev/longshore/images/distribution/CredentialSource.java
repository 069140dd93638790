package dev.longshore.images.distribution;

/// Knows credentials for registries that nobody brought any for. Thread-safe; may block.
@FunctionalInterface
public interface CredentialSource {

    /// Knows none.
    CredentialSource NONE = registry -> Credentials.NONE;

    /// Those for `registry` (`docker.io`, `host:port`), or [Credentials#NONE].
    Credentials find(String registry) throws InterruptedException;
}
