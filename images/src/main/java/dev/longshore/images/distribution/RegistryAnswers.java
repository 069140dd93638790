package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;

/// Reads what registries say, which is hostile until checked.
final class RegistryAnswers {

    private RegistryAnswers() {}

    /// @throws ImageFaultException when `text` is no digest
    static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException none) {
            throw new ImageFaultException(new ImageFault.Malformed("the registry's answer", "invalid digest"), none);
        }
    }
}
