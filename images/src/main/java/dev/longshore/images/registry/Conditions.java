package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.http.Request;

/// Requests that want content only if it has changed: the digest is the entity tag.
final class Conditions {

    private Conditions() {}

    /// True if the client has `digest` already.
    static boolean hasAlready(Request request, Digest digest) {
        for (String line : request.headers().all("If-None-Match")) {
            for (String tag : line.split(",", -1)) {
                String plain = tag.strip().replaceFirst("^W/", "").replace("\"", "");
                if (plain.equals("*") || plain.equals(digest.toString())) {
                    return true;
                }
            }
        }
        return false;
    }

    /// False if a Range was meant for other content than `digest`.
    static boolean rangeApplies(Request request, Digest digest) {
        return request.headers()
                .first("If-Range")
                .map(tag -> tag.strip().replace("\"", "").equals(digest.toString()))
                .orElse(true);
    }

    static String entityTag(Digest digest) {
        return "\"" + digest + "\"";
    }
}
