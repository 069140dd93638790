package dev.longshore.linux;

import java.time.Duration;

/// A native tool did not end within its limit and was killed, with all that it had started.
public final class CommandTimedOutException extends CommandFailedException {

    private static final long serialVersionUID = 1L;

    /// `command` ran for `limit`.
    public CommandTimedOutException(Commands.Command command, Duration limit) {
        super(command, "did not end within " + limit, null);
    }
}
