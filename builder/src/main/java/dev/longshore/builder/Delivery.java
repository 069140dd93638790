package dev.longshore.builder;

import java.io.IOException;

/// Takes a build's result to where it shall be: names it, writes it out, sends it. Interrupting the thread ends it.
@FunctionalInterface
public interface Delivery<T> {

    /// Delivers `result`, which is kept until this returns.
    T deliver(BuildResult result) throws IOException, InterruptedException;
}
