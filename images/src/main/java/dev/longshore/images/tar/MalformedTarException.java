package dev.longshore.images.tar;

import java.io.IOException;

/// An archive that does not follow the format, or asks for more than anybody should give.
public final class MalformedTarException extends IOException {

    private static final long serialVersionUID = 1L;

    /// `message` says what is wrong, for people.
    public MalformedTarException(String message) {
        super(message);
    }
}
