package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what registries say, which is hostile until checked.
final class RegistryAnswers {

    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;[^,]*rel=\"?next\"?");

    private RegistryAnswers() {}

    /// @throws ImageFaultException when `text` is no digest
    static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException none) {
            throw new ImageFaultException(new ImageFault.Malformed("the registry's answer", "invalid digest"), none);
        }
    }

    /// Where a list that comes in pages goes on.
    static Optional<URI> next(RegistryConnection connection, HttpResponse<?> answer) {
        for (String link : answer.headers().allValues("Link")) {
            Matcher next = NEXT.matcher(link);
            if (next.find()) {
                try {
                    return Optional.of(connection.address("").resolve(next.group(1)));
                } catch (IllegalArgumentException none) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
