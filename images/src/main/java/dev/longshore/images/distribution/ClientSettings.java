package dev.longshore.images.distribution;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// How registries are spoken to.
///
/// @param insecure registries (`host:port`) whose certificates nobody vouches for, or that speak plain HTTP, as those
/// on loopback do
/// @param mirrors places to ask first, by the registry that they mirror; asked with `ns=`, as containerd does
/// @param certificates a directory laid out as `/etc/docker/certs.d`: `HOST:PORT/*.crt` are authorities that this
/// registry's certificate may come from, besides the usual ones; `HOST:PORT/NAME.cert` and `.key` are shown to it
/// @param hosts a directory laid out as containerd's `/etc/containerd/certs.d`, see [HostsFile]
/// @param proxies through which registries are reached
/// @param parallel how many blobs of one image are under way at once
/// @param attempts how often in a row something is tried that does not get on
/// @param firstPause before the second attempt; doubled before each later one
public record ClientSettings(
        Set<String> insecure,
        Map<String, List<URI>> mirrors,
        Path certificates,
        Path hosts,
        Proxies proxies,
        int parallel,
        int attempts,
        Duration firstPause) {

    /// As without configuration.
    public static final ClientSettings DEFAULT = new ClientSettings(
            Set.of(),
            Map.of(),
            Path.of("/etc/docker/certs.d"),
            Path.of("/etc/containerd/certs.d"),
            Proxies.NONE,
            4,
            5,
            Duration.ofMillis(500));

    public ClientSettings {
        insecure = Set.copyOf(insecure);
        mirrors = mirrors.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
        if (parallel < 1 || attempts < 1) {
            throw new IllegalArgumentException("something must be tried: " + parallel + ", " + attempts);
        }
    }

    /// With other insecure registries.
    public ClientSettings withInsecure(Set<String> others) {
        return new ClientSettings(others, mirrors, certificates, hosts, proxies, parallel, attempts, firstPause);
    }

    /// With other mirrors.
    public ClientSettings withMirrors(Map<String, List<URI>> others) {
        return new ClientSettings(insecure, others, certificates, hosts, proxies, parallel, attempts, firstPause);
    }

    /// With other authorities.
    public ClientSettings withCertificates(Path directory) {
        return new ClientSettings(insecure, mirrors, directory, hosts, proxies, parallel, attempts, firstPause);
    }

    /// With another directory of `hosts.toml`s.
    public ClientSettings withHosts(Path directory) {
        return new ClientSettings(insecure, mirrors, certificates, directory, proxies, parallel, attempts, firstPause);
    }

    /// With proxies.
    public ClientSettings withProxies(Proxies others) {
        return new ClientSettings(insecure, mirrors, certificates, hosts, others, parallel, attempts, firstPause);
    }

    /// With another pause.
    public ClientSettings withFirstPause(Duration pause) {
        return new ClientSettings(insecure, mirrors, certificates, hosts, proxies, parallel, attempts, pause);
    }
}
