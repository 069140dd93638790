package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Patches;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.AttachedVolume;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachmentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Has volumes of drivers attached to the nodes whose pods use them, and detached when none does: it writes
/// VolumeAttachments, which the driver's own controller acts on, and tells each node what it has. A volume for one node
/// that another has is waited for; when it may go from there, [Detachments] says.
final class AttachDetachController implements Reconciler {

    static final String NAME = "attachdetach-controller";

    private static final int WORKERS = 2;
    private static final int CONFLICT = 409;
    private static final int GONE = 404;
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;
    private final EventRecorder events;
    private final Detachments detachments = new Detachments();
    /// By node, the attachments of which pods know that they have to wait.
    private final Map<String, Set<String>> told = new ConcurrentHashMap<>();

    private AttachDetachController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.time = context.time();
        this.events = context.events(NAME);
    }

    /// A volume of a driver.
    private record Attachable(String driver, String handle, String persistentVolume, List<String> accessModes) {
        String unique() {
            return "kubernetes.io/csi/" + driver + "^" + handle;
        }

        boolean isForOneNode() {
            return !accessModes.isEmpty()
                    && accessModes.stream()
                            .noneMatch(mode -> mode.equals("ReadWriteMany") || mode.equals("ReadOnlyMany"));
        }

        String attachment(String node) {
            try {
                byte[] text = (handle + driver + node).getBytes(StandardCharsets.UTF_8);
                return "csi-"
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(text));
            } catch (NoSuchAlgorithmException impossible) {
                throw new AssertionError("every Java has SHA-256", impossible);
            }
        }
    }

    static Controller create(ControllerContext context) {
        var controller = new AttachDetachController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        var queue = loop.queue();
        context.informers().onChange(Pod.class, pod -> {
            String node = pod.getSpec().getNodeName();
            if (node != null && !node.isEmpty() && !claims(pod).isEmpty()) {
                queue.add(node);
            }
        });
        context.informers()
                .onChange(
                        VolumeAttachment.class,
                        attachment -> queue.add(attachment.getSpec().getNodeName()));
        context.informers()
                .onChange(
                        PersistentVolumeClaim.class,
                        claim -> context
                                .informers()
                                .in(Pod.class, claim.getMetadata().getNamespace())
                                .stream()
                                .filter(pod -> pod.getSpec().getNodeName() != null
                                        && claims(pod)
                                                .contains(claim.getMetadata().getName()))
                                .forEach(pod -> queue.add(pod.getSpec().getNodeName())));
        List.of(PersistentVolume.class, CSIDriver.class).forEach(context.informers()::of);
        context.informers().of(Node.class);
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String node) {
        Optional<Node> found = informers.find(Node.class, node);
        Map<String, Attachable> wanted = found.isPresent() ? wanted(node) : Map.of();
        List<VolumeAttachment> present = informers.all(VolumeAttachment.class).stream()
                .filter(attachment -> node.equals(attachment.getSpec().getNodeName()))
                .toList();
        boolean waits = attach(wanted, node, present);
        if (found.isEmpty()) {
            told.remove(node);
        }
        for (VolumeAttachment attachment : present) {
            String name = attachment.getMetadata().getName();
            if (!wanted.containsKey(name) && ours(attachment, node) && !Keys.isBeingDeleted(attachment)) {
                String volume = meant(attachment).map(Attachable::unique).orElse("");
                if (detachments.isDue(name, volume, found, time.now())) {
                    detach(name);
                } else {
                    waits = true;
                }
            }
        }
        found.ifPresent(object -> tell(object, present));
        return waits ? new Outcome.RetryAfter(LOOK) : Outcome.done();
    }

    /// What pods want and is not attached yet.
    ///
    /// @return whether a volume is still attached to a node from which it has to go first
    private boolean attach(Map<String, Attachable> wanted, String node, List<VolumeAttachment> present) {
        boolean waits = false;
        Set<String> waiting = told.computeIfAbsent(node, absent -> ConcurrentHashMap.newKeySet());
        waiting.retainAll(wanted.keySet());
        for (var entry : wanted.entrySet()) {
            String name = entry.getKey();
            Attachable volume = entry.getValue();
            detachments.forget(name);
            if (present.stream()
                    .noneMatch(attachment -> attachment.getMetadata().getName().equals(name))) {
                Set<String> others = volume.isForOneNode() ? elsewhere(volume, node) : Set.of();
                if (others.isEmpty()) {
                    waiting.remove(name);
                    attach(name, node, volume);
                } else {
                    waits = true;
                    if (waiting.add(name)) {
                        tell(volume, node, others);
                    }
                }
            }
        }
        return waits;
    }

    /// The other nodes that have `volume`.
    private Set<String> elsewhere(Attachable volume, String node) {
        return informers.all(VolumeAttachment.class).stream()
                .filter(attachment -> volume.persistentVolume()
                        .equals(attachment.getSpec().getSource().getPersistentVolumeName()))
                .map(attachment -> attachment.getSpec().getNodeName())
                .filter(other -> !other.equals(node))
                .collect(Collectors.toSet());
    }

    private void tell(Attachable volume, String node, Set<String> others) {
        List<Pod> users = informers.all(Pod.class).stream()
                .filter(pod -> !UnusedClaims.isDone(pod) && uses(pod, volume))
                .toList();
        List<Pod> there = users.stream()
                .filter(pod -> others.contains(pod.getSpec().getNodeName()))
                .toList();
        users.stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .forEach(pod -> events.event(
                        pod,
                        EventRecorder.Type.WARNING,
                        "FailedAttachVolume",
                        MultiAttach.message(volume.persistentVolume(), pod, there)));
    }

    private boolean uses(Pod pod, Attachable volume) {
        return claims(pod).stream()
                .flatMap(claim -> attachable(pod.getMetadata().getNamespace(), claim).stream())
                .anyMatch(volume::equals);
    }

    /// The names of the claims that `pod` uses.
    private static List<String> claims(Pod pod) {
        return pod.getSpec().getVolumes().stream()
                .flatMap(volume -> StorageClaims.name(pod, volume).stream())
                .toList();
    }

    /// By attachment: what the pods of the node that are not over use.
    private Map<String, Attachable> wanted(String node) {
        var wanted = new HashMap<String, Attachable>();
        informers.all(Pod.class).stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .filter(pod -> !UnusedClaims.isDone(pod))
                .forEach(pod -> claims(pod)
                        .forEach(claim -> attachable(pod.getMetadata().getNamespace(), claim)
                                .ifPresent(volume -> wanted.put(volume.attachment(node), volume))));
        return wanted;
    }

    private Optional<Attachable> attachable(String namespace, String claim) {
        return informers
                .find(PersistentVolumeClaim.class, namespace + "/" + claim)
                .map(found -> found.getSpec().getVolumeName())
                .filter(name -> !name.isEmpty())
                .flatMap(name -> informers.find(PersistentVolume.class, name))
                .flatMap(AttachDetachController::volume)
                .filter(volume -> informers
                        .find(CSIDriver.class, volume.driver())
                        .map(driver -> !Boolean.FALSE.equals(driver.getSpec().getAttachRequired()))
                        .orElse(true));
    }

    private static Optional<Attachable> volume(PersistentVolume volume) {
        return Optional.ofNullable(volume.getSpec().getCsi())
                .map(source -> new Attachable(
                        source.getDriver(),
                        source.getVolumeHandle(),
                        volume.getMetadata().getName(),
                        volume.getSpec().getAccessModes()));
    }

    private Optional<Attachable> meant(VolumeAttachment attachment) {
        return Optional.ofNullable(attachment.getSpec().getSource().getPersistentVolumeName())
                .flatMap(name -> informers.find(PersistentVolume.class, name))
                .flatMap(AttachDetachController::volume);
    }

    /// What somebody else asked for is left alone.
    private boolean ours(VolumeAttachment attachment, String node) {
        return meant(attachment)
                .map(volume ->
                        volume.attachment(node).equals(attachment.getMetadata().getName()))
                .orElse(attachment.getMetadata().getName().startsWith("csi-"));
    }

    private void attach(String name, String node, Attachable volume) {
        try {
            client.resource(new VolumeAttachmentBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .withNewSpec()
                            .withAttacher(volume.driver())
                            .withNodeName(node)
                            .withNewSource()
                            .withPersistentVolumeName(volume.persistentVolume())
                            .endSource()
                            .endSpec()
                            .build())
                    .create();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != CONFLICT) {
                throw refused;
            }
        }
    }

    private void detach(String name) {
        try {
            client.storage().v1().volumeAttachments().withName(name).delete();
            detachments.forget(name);
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != GONE) {
                throw refused;
            }
        }
    }

    /// What is attached to it, so that its kubelet knows.
    private void tell(Node node, List<VolumeAttachment> present) {
        var attached = new TreeMap<String, String>();
        present.stream()
                .filter(attachment -> attachment.getStatus() != null
                        && Boolean.TRUE.equals(attachment.getStatus().getAttached()))
                .forEach(attachment -> meant(attachment).ifPresent(volume -> attached.put(volume.unique(), "")));
        Set<String> told = node.getStatus() == null
                ? Set.of()
                : node.getStatus().getVolumesAttached().stream()
                        .map(AttachedVolume::getName)
                        .collect(Collectors.toSet());
        if (told.equals(attached.keySet())) {
            return;
        }
        ObjectNode patch = Json.object();
        ArrayNode list = patch.putObject("status").putArray("volumesAttached");
        attached.forEach((name, path) -> list.addObject().put("name", name).put("devicePath", path));
        Patches.merge(
                client, "/api/v1/nodes/%s/status".formatted(node.getMetadata().getName()), patch);
    }
}
