package dev.longshore.runtime.simulated;

import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

/// Commands succeed and say nothing, so that exec probes and hooks pass; there is nothing to attach or to
/// connect to.
final class SimulatedStreams implements Streams {

    @Override
    public int exec(
            String containerId, List<String> command, boolean tty, Stdio stdio, Resizes resizes, Duration limit) {
        return 0;
    }

    @Override
    public void attach(String containerId, boolean tty, Stdio stdio, Resizes resizes) {
        throw nothingThere();
    }

    @Override
    public void portForward(String sandboxId, int port, InputStream in, OutputStream out) {
        throw nothingThere();
    }

    private static RuntimeFaultException nothingThere() {
        return new RuntimeFaultException(
                RuntimeFaultException.Kind.FAILED, "this container is simulated: there is no process behind it");
    }
}
