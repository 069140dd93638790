package dev.longshore.builder.attest;

import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Package URLs (package-url/purl-spec): `pkg:TYPE/NAMESPACE/NAME@VERSION?KEY=VALUE`.
final class PackageUrl {

    private PackageUrl() {}

    /// @param path namespace and name, with slashes between
    /// @param qualifiers empty ones are left out
    static String of(String type, String path, String version, Map<String, String> qualifiers) {
        String name = Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty())
                .map(PackageUrl::encoded)
                .collect(Collectors.joining("/"));
        String query = new TreeMap<>(qualifiers)
                .entrySet().stream()
                        .filter(entry -> !entry.getValue().isEmpty())
                        .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                        .collect(Collectors.joining("&"));
        return "pkg:" + type + "/" + name + (version.isEmpty() ? "" : "@" + encoded(version))
                + (query.isEmpty() ? "" : "?" + query);
    }

    /// Of an image that is called `name`.
    static String image(String name, Platform platform) {
        Map<String, String> qualifiers = Map.of("platform", platform.toString());
        try {
            Reference reference = Reference.parse(name).withDefaultTag();
            var all = new TreeMap<>(qualifiers);
            reference.digest().ifPresent(digest -> all.put("digest", digest.toString()));
            return of("docker", reference.familiarRepository(), reference.tag().orElse(""), all);
        } catch (ImageFaultException noName) {
            return of("docker", name, "", qualifiers);
        }
    }

    private static String encoded(String text) {
        var encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (octet & 0xff);
            boolean isPlain = character >= 'a' && character <= 'z'
                    || character >= 'A' && character <= 'Z'
                    || character >= '0' && character <= '9'
                    || "-._~:".indexOf(character) >= 0;
            encoded.append(isPlain ? String.valueOf(character) : "%%%02X".formatted((int) character));
        }
        return encoded.toString();
    }
}
