package dev.longshore.kinds.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// What tokens are looked up by: nobody learns a token from how long a look-up takes, or from a dump of our memory.
final class Digests {

    private Digests() {}

    static String of(String token) {
        return of(token, List.of());
    }

    /// Of a token that is asked about for `audiences`.
    static String of(String token, List<String> audiences) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String audience : audiences) {
                byte[] bytes = audience.getBytes(UTF_8);
                digest.update((bytes.length + ":").getBytes(UTF_8));
                digest.update(bytes);
            }
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(token.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
