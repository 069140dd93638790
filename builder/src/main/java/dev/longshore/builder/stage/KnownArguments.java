package dev.longshore.builder.stage;

import java.util.Set;

/// Arguments with a meaning of their own.
final class KnownArguments {

    /// May be given without any ARG, and do not count for the cache.
    static final Set<String> PROXIES = Set.of(
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "FTP_PROXY",
            "ftp_proxy",
            "NO_PROXY",
            "no_proxy",
            "ALL_PROXY",
            "all_proxy");

    /// Declared in stages, but nothing that their commands see.
    static final Set<String> NO_VARIABLES = Set.of("BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE");

    private KnownArguments() {}

    /// True for what the builder itself reads.
    static boolean needsNoDeclaration(String name) {
        return PROXIES.contains(name) || name.startsWith("BUILDKIT_") || name.equals("SOURCE_DATE_EPOCH");
    }
}
