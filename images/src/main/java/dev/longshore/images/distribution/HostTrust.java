package dev.longshore.images.distribution;

import java.nio.file.Path;
import java.util.List;

/// Whose certificates are believed of one place, and what is shown to it, where `hosts.toml` says so.
///
/// @param authorities PEM files, beside the usual authorities
/// @param shown client certificates
/// @param believesAnybody whether certificates are not looked at
/// @param changed when the youngest of the files was written, in milliseconds: what is renewed is read again
record HostTrust(List<Path> authorities, List<Pair> shown, boolean believesAnybody, long changed) {

    /// As for every registry.
    static final HostTrust USUAL = new HostTrust(List.of(), List.of(), false, 0);

    HostTrust {
        authorities = List.copyOf(authorities);
        shown = List.copyOf(shown);
    }

    /// A certificate and its key, which may lie in one file.
    record Pair(Path certificate, Path key) {}

    boolean isUsual() {
        return authorities.isEmpty() && shown.isEmpty() && !believesAnybody;
    }
}
