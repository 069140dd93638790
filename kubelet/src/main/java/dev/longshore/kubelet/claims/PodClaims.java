package dev.longshore.kubelet.claims;

import static java.util.Objects.requireNonNull;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.claims.PreparedClaim.PreparedDevice;
import dev.longshore.kubelet.claims.proto.Claim;
import dev.longshore.kubelet.claims.proto.NodePrepareResourcesRequest;
import dev.longshore.kubelet.claims.proto.NodePrepareResourcesResponse;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourcesRequest;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourcesResponse;
import dev.longshore.kubelet.cluster.ClaimApi;
import dev.longshore.kubelet.devices.DeviceException;
import dev.longshore.kubelet.plugins.GoStatus;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Has drivers prepare the claims of a pod before its sandbox is made, and undo it when its containers have ended. A
/// claim that several pods share is prepared with the first and let go with the last. Thread-safe; no lock is held
/// while a driver is asked.
public final class PodClaims {

    private static final Duration LIMIT = Duration.ofSeconds(45);

    private final ClaimDrivers drivers;
    private final ClaimApi api;

    // All below guarded by this.
    private final ClaimLedger ledger;
    /// Uids of claims of which this process knows that they are prepared.
    private final Set<String> prepared = new HashSet<>();
    /// Uids of claims whose drivers are being told of their end.
    private final Set<String> leaving = new HashSet<>();

    /// What is prepared is written into the directory `root`.
    public PodClaims(ClaimDrivers drivers, ClaimApi api, Path root) {
        this.drivers = requireNonNull(drivers, "drivers");
        this.api = requireNonNull(api, "api");
        this.ledger = new ClaimLedger(root.resolve("dra_manager_state"));
    }

    /// Reads what an earlier kubelet wrote.
    public synchronized void load() {
        ledger.load();
    }

    /// Prepares all claims of the pod; those that are prepared stay so.
    ///
    /// @throws DeviceException when one cannot be had
    void prepare(Pod pod) throws InterruptedException {
        var claims = new ArrayList<ResourceClaim>();
        for (ClaimNames.Named named : ClaimNames.of(pod)) {
            claims.add(checked(pod, named));
        }
        // Whoever is missing now is so before anything is noted, or the pod could not go without it either.
        claims.forEach(claim -> drivers(claim).forEach(drivers::require));
        Map<String, List<PreparedClaim>> byDriver = note(pod.getMetadata().getUid(), claims);
        for (var batch : byDriver.entrySet()) {
            prepare(batch.getKey(), batch.getValue());
        }
        synchronized (this) {
            byDriver.values().forEach(batch -> batch.forEach(claim -> prepared.add(claim.uid())));
            if (!byDriver.isEmpty()) {
                ledger.save();
            }
        }
    }

    private ResourceClaim checked(Pod pod, ClaimNames.Named named) {
        String uid = pod.getMetadata().getUid();
        String namespace = pod.getMetadata().getNamespace();
        ResourceClaim claim = fetched(namespace, named.name());
        boolean isOwner = claim.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController()) && uid.equals(owner.getUid()));
        if (named.isMade() && !isOwner) {
            throw new DeviceException("ResourceClaim %s/%s was not created for pod %s/%s (pod is not owner)"
                    .formatted(
                            namespace,
                            named.name(),
                            namespace,
                            pod.getMetadata().getName()));
        }
        boolean isReserved = claim.getStatus() != null
                && claim.getStatus().getReservedFor().stream().anyMatch(user -> uid.equals(user.getUid()));
        if (!isReserved) {
            throw new DeviceException("pod %s (%s) is not allowed to use ResourceClaim %s (%s)"
                    .formatted(
                            pod.getMetadata().getName(),
                            uid,
                            named.name(),
                            claim.getMetadata().getUid()));
        }
        if (claim.getStatus().getAllocation() == null) {
            throw new DeviceException("ResourceClaim %s: not allocated".formatted(named.name()));
        }
        return claim;
    }

    private ResourceClaim fetched(String namespace, String name) {
        try {
            return api.claim(namespace, name)
                    .orElseThrow(() -> new DeviceException(
                            "fetch ResourceClaim %s: resourceclaims.resource.k8s.io \"%s\" not found"
                                    .formatted(name, name)));
        } catch (KubernetesClientException refused) {
            throw new DeviceException("fetch ResourceClaim %s: %s".formatted(name, refused.getMessage()));
        }
    }

    private static Set<String> drivers(ResourceClaim claim) {
        var names = new LinkedHashSet<String>();
        var devices = claim.getStatus().getAllocation().getDevices();
        if (devices != null) {
            devices.getResults().forEach(result -> names.add(result.getDriver()));
        }
        return names;
    }

    /// Writes down that the pod uses `claims`; returns those that are not prepared yet, by driver.
    private synchronized Map<String, List<PreparedClaim>> note(String pod, List<ResourceClaim> claims) {
        var byDriver = new TreeMap<String, List<PreparedClaim>>();
        for (ResourceClaim claim : claims) {
            String namespace = claim.getMetadata().getNamespace();
            String name = claim.getMetadata().getName();
            String uid = claim.getMetadata().getUid();
            Optional<PreparedClaim> known = ledger.find(namespace, name);
            if (known.isPresent() && !known.get().uid().equals(uid)) {
                throw new DeviceException(
                        "old ResourceClaim with same name %s and different UID %s still exists (previous pod force-deleted?!)"
                                .formatted(name, known.get().uid()));
            }
            if (leaving.contains(uid)) {
                throw new DeviceException("ResourceClaim %s is still being given back".formatted(name));
            }
            PreparedClaim noted = known.orElseGet(() -> fresh(claim)).with(pod);
            ledger.put(noted);
            if (!prepared.contains(uid)) {
                drivers(claim)
                        .forEach(driver -> byDriver.computeIfAbsent(driver, key -> new ArrayList<>())
                                .add(noted));
            }
        }
        if (!claims.isEmpty()) {
            ledger.save();
        }
        return byDriver;
    }

    private static PreparedClaim fresh(ResourceClaim claim) {
        var none = new TreeMap<String, List<PreparedDevice>>();
        drivers(claim).forEach(driver -> none.put(driver, List.of()));
        return new PreparedClaim(
                claim.getMetadata().getNamespace(),
                claim.getMetadata().getName(),
                claim.getMetadata().getUid(),
                Set.of(),
                none);
    }

    private void prepare(String driver, List<PreparedClaim> claims) throws InterruptedException {
        ClaimDrivers.Plugin plugin = drivers.require(driver);
        NodePrepareResourcesResponse answer;
        try {
            answer = plugin.client()
                    .call(
                            plugin.service().prepare(),
                            NodePrepareResourcesRequest.newBuilder()
                                    .addAllClaims(wire(claims))
                                    .build(),
                            LIMIT);
        } catch (GrpcException refused) {
            throw new DeviceException("NodePrepareResources: " + GoStatus.said(refused));
        }
        for (var result : answer.getClaimsMap().entrySet()) {
            PreparedClaim claim = asked(claims, result.getKey(), "NodePrepareResources");
            check(claim, result.getValue().getError(), "NodePrepareResources");
            List<PreparedDevice> devices = result.getValue().getDevicesList().stream()
                    .map(device -> new PreparedDevice(
                            device.getPoolName(),
                            device.getDeviceName(),
                            device.hasShareId() ? Optional.of(device.getShareId()) : Optional.empty(),
                            device.getRequestNamesList(),
                            device.getCdiDeviceIdsList()))
                    .toList();
            synchronized (this) {
                ledger.find(claim.namespace(), claim.name())
                        .ifPresent(noted -> ledger.put(noted.with(driver, devices)));
            }
        }
        checkAll(claims.size() - answer.getClaimsCount(), "NodePrepareResources");
    }

    /// Undoes it for what the pod was the last to use. Idempotent.
    ///
    /// @throws DeviceException when it cannot be done yet
    void unprepare(String pod) throws InterruptedException {
        List<PreparedClaim> last = leave(pod);
        var byDriver = new TreeMap<String, List<PreparedClaim>>();
        last.forEach(claim -> claim.drivers()
                .keySet()
                .forEach(driver -> byDriver.computeIfAbsent(driver, key -> new ArrayList<>())
                        .add(claim)));
        try {
            for (var batch : byDriver.entrySet()) {
                unprepare(batch.getKey(), batch.getValue());
            }
            synchronized (this) {
                for (PreparedClaim claim : last) {
                    ledger.remove(claim.namespace(), claim.name());
                    prepared.remove(claim.uid());
                }
                if (!last.isEmpty()) {
                    ledger.save();
                }
            }
        } finally {
            synchronized (this) {
                last.forEach(claim -> leaving.remove(claim.uid()));
            }
        }
    }

    private synchronized List<PreparedClaim> leave(String pod) {
        var last = new ArrayList<PreparedClaim>();
        boolean isShared = false;
        for (PreparedClaim claim : ledger.all()) {
            if (!claim.pods().contains(pod)) {
                continue;
            }
            if (claim.pods().size() > 1) {
                ledger.put(claim.without(pod));
                isShared = true;
            } else {
                last.add(claim);
                leaving.add(claim.uid());
            }
        }
        if (isShared) {
            ledger.save();
        }
        return last;
    }

    private void unprepare(String driver, List<PreparedClaim> claims) throws InterruptedException {
        ClaimDrivers.Plugin plugin = drivers.require(driver);
        NodeUnprepareResourcesResponse answer;
        try {
            answer = plugin.client()
                    .call(
                            plugin.service().unprepare(),
                            NodeUnprepareResourcesRequest.newBuilder()
                                    .addAllClaims(wire(claims))
                                    .build(),
                            LIMIT);
        } catch (GrpcException refused) {
            throw new DeviceException("NodeUnprepareResources: " + GoStatus.said(refused));
        }
        answer.getClaimsMap()
                .forEach((uid, result) -> check(
                        asked(claims, uid, "NodeUnprepareResources"), result.getError(), "NodeUnprepareResources"));
        checkAll(claims.size() - answer.getClaimsCount(), "NodeUnprepareResources");
    }

    private static List<Claim> wire(List<PreparedClaim> claims) {
        return claims.stream()
                .map(claim -> Claim.newBuilder()
                        .setNamespace(claim.namespace())
                        .setName(claim.name())
                        .setUid(claim.uid())
                        .build())
                .toList();
    }

    private static PreparedClaim asked(List<PreparedClaim> claims, String uid, String call) {
        return claims.stream()
                .filter(claim -> claim.uid().equals(uid))
                .findFirst()
                .orElseThrow(
                        () -> new DeviceException("%s returned result for unknown claim UID %s".formatted(call, uid)));
    }

    private static void check(PreparedClaim claim, String error, String call) {
        if (!error.isEmpty()) {
            throw new DeviceException("%s failed for ResourceClaim %s: %s".formatted(call, claim.name(), error));
        }
    }

    private static void checkAll(int missing, String call) {
        if (missing != 0) {
            throw new DeviceException("%s skipped %d ResourceClaims".formatted(call, missing));
        }
    }

    /// The names of the devices that a container is to have.
    ///
    /// @throws DeviceException when they were not prepared
    synchronized Set<String> cdi(Pod pod, Container container) {
        String namespace = pod.getMetadata().getNamespace();
        var names = new LinkedHashSet<String>();
        for (ClaimNames.Part part : ClaimNames.of(pod, container)) {
            ledger.find(namespace, part.claim())
                    .orElseThrow(() -> new DeviceException(
                            "internal error: unable to get claim info for ResourceClaim %s in namespace %s"
                                    .formatted(part.claim(), namespace)))
                    .cdi(part.request())
                    .forEach(names::add);
        }
        return names;
    }

    /// The claim that the pod calls `name`, as it is prepared.
    synchronized Optional<PreparedClaim> of(Pod pod, String name) {
        try {
            return ClaimNames.of(pod, name)
                    .flatMap(claim -> ledger.find(pod.getMetadata().getNamespace(), claim));
        } catch (DeviceException unmade) {
            return Optional.empty();
        }
    }

    /// The claims that a container uses, as they are prepared.
    synchronized List<PreparedClaim> of(Pod pod, Container container) {
        return ClaimNames.of(pod, container).stream()
                .map(ClaimNames.Part::claim)
                .distinct()
                .flatMap(name -> ledger.find(pod.getMetadata().getNamespace(), name).stream())
                .toList();
    }

    /// The pods that use devices of `driver`.
    synchronized Set<String> podsOf(String driver) {
        var uids = new HashSet<String>();
        ledger.all().stream()
                .filter(claim -> claim.drivers().containsKey(driver))
                .forEach(claim -> uids.addAll(claim.pods()));
        return uids;
    }

    /// The pods for which something is prepared.
    synchronized Set<String> pods() {
        var uids = new HashSet<String>();
        ledger.all().forEach(claim -> uids.addAll(claim.pods()));
        return uids;
    }
}
