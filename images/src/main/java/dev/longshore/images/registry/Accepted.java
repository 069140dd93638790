package dev.longshore.images.registry;

import dev.longshore.http.Request;
import dev.longshore.images.MediaTypes;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Which kinds of manifests a client understands. One that says nothing, or anything will do, gets what is there.
record Accepted(Set<String> types, boolean isAnything) {

    Accepted {
        types = Set.copyOf(types);
    }

    static Accepted of(Request request) {
        var types = new HashSet<String>();
        boolean namesManifests = false;
        boolean isAnything = false;
        for (String line : request.headers().all("Accept")) {
            for (String part : line.split(",", -1)) {
                String type = part.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
                types.add(type);
                namesManifests |= type.startsWith("application/vnd.");
                isAnything |= type.equals("*/*") || type.equals("application/*");
            }
        }
        return new Accepted(types, isAnything || !namesManifests);
    }

    boolean takes(String mediaType) {
        return isAnything || types.contains(mediaType.toLowerCase(Locale.ROOT));
    }

    /// Why a manifest of `mediaType` is not given.
    static String refusal(String mediaType) {
        return switch (mediaType) {
            case MediaTypes.OCI_INDEX -> "OCI index found, but accept header does not support OCI indexes";
            case MediaTypes.OCI_MANIFEST -> "OCI manifest found, but accept header does not support OCI manifests";
            default -> mediaType + " found, but accept header does not support it";
        };
    }
}
