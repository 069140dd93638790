package dev.longshore.cli;

/// A command that cannot do what it was asked: the message is the one line that the user reads, and says what
/// to do.
public class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// With the line to show.
    public CommandFailure(String message) {
        super(message);
    }

    /// With the line to show, and what brought it about.
    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
