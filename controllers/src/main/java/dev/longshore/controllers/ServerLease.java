package dev.longshore.controllers;

/// Says that one API server lives. Runs beside each of them, whoever leads.
public final class ServerLease implements AutoCloseable {

    private final Controller keeper;

    /// Not yet started.
    ///
    /// @param context of which it uses client, host and time
    public ServerLease(ControllerContext context) {
        this.keeper = ServerLeaseKeeper.create(context);
    }

    /// Starts working; returns at once.
    public void start() {
        keeper.start();
    }

    @Override
    public void close() {
        keeper.close();
    }
}
