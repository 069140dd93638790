package dev.longshore.network;

import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.Range;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.SandboxNetwork;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxSpec.PortMapping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wires sandboxes to the node's bridge by CNI plugins. What was wired is recorded on disk, so that asking
/// again changes nothing, after a restart as well. Calls for one sandbox must not overlap; those for different
/// ones may.
final class CniNetwork implements SandboxNetwork {

    private static final Logger log = LoggerFactory.getLogger(CniNetwork.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Who makes rules from what is recorded of sandboxes.
    interface Rules {
        /// A sandbox with or without ports of the host has come or gone; returns when the rules follow.
        void changed(boolean hasPorts) throws InterruptedException;
    }

    private final CniPlugins plugins;
    private final SandboxRecords records;
    private final PodRange pods;
    private final String nodeAddress;
    private final HostPorts hostPorts;
    private final Rules rules;

    /// With `pods`, this node's share of the pod range, as soon as it is known.
    CniNetwork(
            CniPlugins plugins,
            SandboxRecords records,
            PodRange pods,
            String nodeAddress,
            HostPorts hostPorts,
            Rules rules) {
        this.plugins = plugins;
        this.records = records;
        this.pods = pods;
        this.nodeAddress = nodeAddress;
        this.hostPorts = hostPorts;
        this.rules = rules;
    }

    /// Notes the ports of the host that sandboxes have had since before this program began.
    void restorePorts() {
        records.all().forEach((sandbox, wired) -> hostPorts.give(owner(sandbox, wired.pod()), ports(wired.ports())));
    }

    static String owner(String sandbox, ObjectName pod) {
        return "pod " + pod.namespace() + "/" + pod.name() + " (sandbox " + sandbox + ")";
    }

    static List<HostPorts.Port> ports(List<PortMapping> mappings) {
        return mappings.stream()
                .filter(mapping -> mapping.hostPort() > 0)
                .map(HostPorts.Port::of)
                .toList();
    }

    private void takePorts(String sandboxId, SandboxSpec spec) {
        var pod = new ObjectName(spec.podNamespace(), spec.podName());
        hostPorts.take(owner(sandboxId, pod), ports(spec.portMappings())).ifPresent(other -> {
            throw new RuntimeFaultException(
                    Kind.FAILED, "a port of the host that the pod wants is taken already by " + other);
        });
    }

    @Override
    public List<String> attach(String sandboxId, Path namespace, SandboxSpec spec) throws InterruptedException {
        if (spec.hostNetwork()) {
            return List.of(nodeAddress);
        }
        Range range = podRange();
        Optional<SandboxRecords.Wired> before = records.find(sandboxId);
        String identity = SandboxRecords.identity(namespace);
        if (before.isPresent() && before.get().namespace().equals(identity)) {
            return before.get().addresses();
        }
        if (before.isPresent()) {
            // The machine was started anew, or the sandbox made anew: its old address must not stay taken.
            plugins.delete(sandboxId, namespace, range);
        }
        takePorts(sandboxId, spec);
        try {
            List<String> addresses = plugins.add(sandboxId, namespace, range);
            var pod = new ObjectName(spec.podNamespace(), spec.podName());
            records.put(sandboxId, new SandboxRecords.Wired(identity, pod, addresses, spec.portMappings()));
            rules.changed(!spec.portMappings().isEmpty());
            return addresses;
        } catch (RuntimeException failure) {
            undo(sandboxId, namespace, spec, failure);
            throw failure instanceof RuntimeFaultException
                    ? failure
                    : new RuntimeFaultException(Kind.FAILED, failure.getMessage(), failure);
        }
    }

    @Override
    public void detach(String sandboxId, Path namespace, SandboxSpec spec) throws InterruptedException {
        if (spec.hostNetwork() || pods.now().isEmpty()) {
            return;
        }
        boolean hadPorts = records.find(sandboxId)
                .filter(wired -> !wired.ports().isEmpty())
                .isPresent();
        plugins.delete(sandboxId, namespace, pods.now().get());
        records.remove(sandboxId);
        hostPorts.release(owner(sandboxId, new ObjectName(spec.podNamespace(), spec.podName())));
        rules.changed(hadPorts);
    }

    private void undo(String sandboxId, Path namespace, SandboxSpec spec, RuntimeException failure)
            throws InterruptedException {
        try {
            detach(sandboxId, namespace, spec);
        } catch (RuntimeException another) {
            log.debug("the half-wired sandbox {} could not be taken back", sandboxId, another);
            failure.addSuppressed(another);
        }
    }

    private Range podRange() throws InterruptedException {
        return pods.await(PATIENCE)
                .orElseThrow(() -> new RuntimeFaultException(Kind.TIMED_OUT, "the node has no pod addresses yet"));
    }
}
