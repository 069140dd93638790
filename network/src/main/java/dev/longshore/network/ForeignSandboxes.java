package dev.longshore.network;

import dev.longshore.network.view.ObjectName;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.SandboxSpec;
import java.util.List;
import java.util.Optional;

/// Sandboxes that another runtime has wired, by the node's CNI configuration: their ports of the host and the policies
/// about them are this node's rules all the same. What is noted is on disk, as for sandboxes of our own. Calls for one
/// sandbox must not overlap.
public final class ForeignSandboxes {

    private static final String ELSEWHERE = "wired elsewhere";

    private final SandboxRecords records;
    private final HostPorts hostPorts;
    private final CniNetwork.Rules rules;

    ForeignSandboxes(SandboxRecords records, HostPorts hostPorts, CniNetwork.Rules rules) {
        this.records = records;
        this.hostPorts = hostPorts;
        this.rules = rules;
    }

    /// A sandbox has come; returns when the rules about it stand.
    ///
    /// @throws RuntimeFaultException when a port that it wants is another's; nothing is noted then
    public void wired(String sandboxId, SandboxSpec spec, List<String> addresses) throws InterruptedException {
        if (spec.hostNetwork() || addresses.isEmpty()) {
            return;
        }
        var pod = new ObjectName(spec.podNamespace(), spec.podName());
        Optional<String> other =
                hostPorts.take(CniNetwork.owner(sandboxId, pod), CniNetwork.ports(spec.portMappings()));
        if (other.isPresent()) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "a port of the host that the pod wants is taken already by " + other.get());
        }
        records.put(sandboxId, new SandboxRecords.Wired(ELSEWHERE, pod, addresses, spec.portMappings()));
        rules.changed(!spec.portMappings().isEmpty());
    }

    /// A sandbox is gone, or about to go. Idempotent.
    public void unwired(String sandboxId) throws InterruptedException {
        Optional<SandboxRecords.Wired> wired = records.find(sandboxId);
        if (wired.isPresent()) {
            records.remove(sandboxId);
            hostPorts.release(CniNetwork.owner(sandboxId, wired.get().pod()));
            rules.changed(!wired.get().ports().isEmpty());
        }
    }
}
