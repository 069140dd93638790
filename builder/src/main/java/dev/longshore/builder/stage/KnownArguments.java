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

    private KnownArguments() {}

    /// True for what the builder itself reads.
    static boolean needsNoDeclaration(String name) {
        return PROXIES.contains(name) || name.startsWith("BUILDKIT_") || name.equals("SOURCE_DATE_EPOCH");
    }
}
