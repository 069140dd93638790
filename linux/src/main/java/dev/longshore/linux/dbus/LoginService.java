package dev.longshore.linux.dbus;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Who tells that the machine goes down, and waits while that is held up: logind.
public interface LoginService {

    /// Begins to listen. May block in native code: on platform threads only.
    ///
    /// @throws IOException when nobody is there
    /// @throws DbusException when it does not answer as it should
    Session connect() throws IOException, InterruptedException;

    /// A conversation with it.
    interface Session extends AutoCloseable {

        /// For how long at most it lets itself be held up.
        Duration longestDelay() throws IOException, InterruptedException;

        /// Makes it read its configuration anew; returns before it has.
        void reload() throws IOException, InterruptedException;

        /// Holds a shutdown up from now on, until the lock is closed or the longest delay is over.
        AutoCloseable delayShutdown(String who, String why) throws IOException, InterruptedException;

        /// Waits for news: true when the machine is about to go down, false when that is called off; empty when the
        /// conversation is over.
        Optional<Boolean> next() throws InterruptedException;

        @Override
        void close();
    }
}
