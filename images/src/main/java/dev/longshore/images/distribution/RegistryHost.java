package dev.longshore.images.distribution;

import dev.longshore.images.Reference;
import java.net.URI;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A place where a registry's repositories can be had.
///
/// @param name the registry
/// @param base where its protocol is spoken, without a path
/// @param root the path below which it is spoken, with a slash at its end
/// @param namespace what to say as `ns=`: a mirror serves several registries; else empty
/// @param capabilities what it may be asked for
/// @param headers to be sent with each request
record RegistryHost(
        String name,
        URI base,
        String root,
        String namespace,
        Set<Capability> capabilities,
        HostTrust trust,
        Map<String, List<String>> headers) {

    private static final String DOCKER_HUB = "registry-1.docker.io";
    private static final String ROOT = "/v2/";

    RegistryHost {
        capabilities = Set.copyOf(capabilities);
        headers = Map.copyOf(headers);
    }

    /// What a place may be asked for.
    enum Capability {
        /// Blobs, and manifests by their digest.
        PULL,
        /// What a tag means.
        RESOLVE,
        /// To take something.
        PUSH
    }

    private RegistryHost(String name, URI base, String namespace) {
        this(name, base, ROOT, namespace, EnumSet.allOf(Capability.class), HostTrust.USUAL, Map.of());
    }

    /// The registry itself.
    static RegistryHost of(Reference reference, ClientSettings settings, InsecureHosts insecure)
            throws InterruptedException {
        String name = reference.domain();
        String host = name.equals(Reference.DEFAULT_DOMAIN) ? DOCKER_HUB : name;
        boolean hasCertificates = Files.isDirectory(settings.certificates().resolve(host));
        boolean isInsecure = settings.insecure().contains(name) || isLoopback(host);
        String scheme = isInsecure && !hasCertificates ? insecure.scheme(host) : "https";
        return new RegistryHost(name, URI.create(scheme + "://" + host), "");
    }

    /// A mirror of it.
    static RegistryHost mirror(Reference reference, URI mirror) {
        return new RegistryHost(mirror.getAuthority(), mirror, reference.domain());
    }

    /// As Docker has it: this machine's own registries need no TLS, or none that anybody vouches for.
    static boolean isLoopback(String host) {
        String name = host.startsWith("[") ? host.substring(1, host.indexOf(']')) : host.replaceFirst(":[0-9]+$", "");
        return name.equals("localhost") || name.equals("::1") || name.matches("127(\\.[0-9]{1,3}){3}");
    }
}
