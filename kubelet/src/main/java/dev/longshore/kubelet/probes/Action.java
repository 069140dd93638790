package dev.longshore.kubelet.probes;

import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.GRPCAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SleepAction;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import java.util.Optional;

/// What a probe or a hook does to find out, or to tell.
public sealed interface Action {

    /// Runs a command in the container.
    record Exec(ExecAction spec) implements Action {}

    /// Asks over HTTP.
    record HttpGet(HTTPGetAction spec) implements Action {}

    /// Connects.
    record TcpSocket(TCPSocketAction spec) implements Action {}

    /// Asks `grpc.health.v1.Health/Check`.
    record Grpc(GRPCAction spec) implements Action {}

    /// Waits.
    record Sleep(SleepAction spec) implements Action {}

    /// The action of a probe; empty when it names none.
    static Optional<Action> of(Probe probe) {
        if (probe.getExec() != null) {
            return Optional.of(new Exec(probe.getExec()));
        }
        if (probe.getHttpGet() != null) {
            return Optional.of(new HttpGet(probe.getHttpGet()));
        }
        if (probe.getTcpSocket() != null) {
            return Optional.of(new TcpSocket(probe.getTcpSocket()));
        }
        return Optional.ofNullable(probe.getGrpc()).map(Grpc::new);
    }

    /// The action of a hook; empty when it names none.
    static Optional<Action> of(LifecycleHandler hook) {
        if (hook.getExec() != null) {
            return Optional.of(new Exec(hook.getExec()));
        }
        if (hook.getHttpGet() != null) {
            return Optional.of(new HttpGet(hook.getHttpGet()));
        }
        if (hook.getTcpSocket() != null) {
            return Optional.of(new TcpSocket(hook.getTcpSocket()));
        }
        return Optional.ofNullable(hook.getSleep()).map(Sleep::new);
    }
}
