package dev.longshore.builder.remote;

import dev.longshore.base.Digest;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/// What a download must come to: `sha256:…`, `sha384:…` or `sha512:…`. Weaker algorithms are refused.
///
/// @param algorithm as Java calls it
public record Checksum(String algorithm, String text) {

    private static final Map<String, Integer> DIGITS = Map.of("sha256", 64, "sha384", 96, "sha512", 128);

    /// Reads `text`.
    ///
    /// @throws IllegalArgumentException with the reason, when it is none
    public static Checksum parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("invalid checksum digest format: \"" + text + "\"");
        }
        String name = text.substring(0, colon);
        if (!DIGITS.containsKey(name)) {
            throw new IllegalArgumentException(
                    "unsupported digest algorithm \"" + name + "\": use sha256, sha384 or sha512");
        }
        if (!text.substring(colon + 1).matches("[0-9a-f]{" + DIGITS.get(name) + "}")) {
            throw new IllegalArgumentException("invalid checksum digest format: \"" + text + "\"");
        }
        return new Checksum(name, text);
    }

    MessageDigest hasher() {
        return algorithm.equals("sha384") ? sha384() : Digest.hasher(algorithm);
    }

    private static MessageDigest sha384() {
        try {
            return MessageDigest.getInstance("SHA-384");
        } catch (java.security.NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every JDK has SHA-384", absent);
        }
    }

    String of(MessageDigest sum) {
        return algorithm + ":" + HexFormat.of().formatHex(sum.digest());
    }
}
