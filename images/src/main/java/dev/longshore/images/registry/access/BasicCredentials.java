package dev.longshore.images.registry.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Name and password as the Authorization header carries them (RFC 7617).
record BasicCredentials(String user, String password) {

    static Optional<BasicCredentials> of(String header) {
        if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return Optional.empty();
        }
        try {
            String plain =
                    new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = plain.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new BasicCredentials(plain.substring(0, colon), plain.substring(colon + 1)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "BasicCredentials[" + user + "]";
    }
}
