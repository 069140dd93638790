package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Outcome;
import java.util.List;

/// A named part of the control plane that runs by itself. Made with its informers registered, started when
/// these have synced, closed once.
record Controller(String name, ControllerLoop loop, List<AutoCloseable> belongings) implements AutoCloseable {

    Controller {
        belongings = List.copyOf(belongings);
    }

    /// A controller of a loop only.
    static Controller of(String name, ControllerLoop loop, AutoCloseable... belongings) {
        return new Controller(name, loop, List.of(belongings));
    }

    /// One that has nothing to do.
    static Controller idle(String name, Time time) {
        return of(name, new ControllerLoop(name, key -> Outcome.done(), 1, time));
    }

    void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.close();
        for (AutoCloseable belonging : belongings) {
            try {
                belonging.close();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (Exception broken) {
                throw new IllegalStateException(name + " cannot be closed", broken);
            }
        }
    }
}
