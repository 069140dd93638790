package dev.longshore.scheduler.devices;

import dev.longshore.client.Informers;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What informers say of devices. Over it lies what was decided: devices chosen for a claim are taken at once; the
/// claim shows them when they are written, and only until the informer has heard so much.
public final class InformedDevices implements DeviceFacts {

    private final Informers informers;
    private final Map<String, AllocationResult> chosen = new ConcurrentHashMap<>();
    private final Map<String, ResourceClaim> written = new ConcurrentHashMap<>();

    /// Reads through `informers`, which must be started after this.
    public InformedDevices(Informers informers) {
        this.informers = informers;
        List.of(ResourceClaim.class, ResourceSlice.class, DeviceClass.class).forEach(informers::of);
    }

    /// Calls `moved` when something changed that may help pods that wait for devices, with a test of which.
    public void onChange(Consumer<Predicate<PodView>> moved) {
        informers.onChange(
                ResourceClaim.class, claim -> moved.accept(pod -> !pod.devices().isEmpty()));
        informers.onChange(
                ResourceSlice.class, slice -> moved.accept(pod -> !pod.devices().isEmpty()));
        informers.onChange(
                DeviceClass.class, type -> moved.accept(pod -> !pod.devices().isEmpty()));
    }

    @Override
    public Optional<ResourceClaim> claim(String namespace, String name) {
        return informers.find(ResourceClaim.class, namespace + "/" + name).map(this::overWritten);
    }

    @Override
    public List<ResourceClaim> claims() {
        return informers.all(ResourceClaim.class).stream()
                .map(this::overWritten)
                .map(this::withChosen)
                .toList();
    }

    private ResourceClaim overWritten(ResourceClaim heard) {
        String uid = heard.getMetadata().getUid();
        ResourceClaim ours = written.get(uid);
        if (ours == null) {
            return heard;
        }
        if (version(heard) >= version(ours)) {
            written.remove(uid, ours);
            return heard;
        }
        return ours;
    }

    private ResourceClaim withChosen(ResourceClaim claim) {
        AllocationResult given = chosen.get(claim.getMetadata().getUid());
        return given == null
                ? claim
                : new ResourceClaimBuilder(claim)
                        .editOrNewStatus()
                        .withAllocation(given)
                        .endStatus()
                        .build();
    }

    private static long version(ResourceClaim claim) {
        return Informers.version(claim.getMetadata().getResourceVersion());
    }

    @Override
    public boolean isBeingAllocated(String uid) {
        return chosen.containsKey(uid);
    }

    @Override
    public List<ResourceSlice> slices() {
        return informers.all(ResourceSlice.class);
    }

    @Override
    public Optional<DeviceClass> deviceClass(String name) {
        return Objects.requireNonNullElse(name, "").isEmpty()
                ? Optional.empty()
                : informers.find(DeviceClass.class, name);
    }

    /// `claim` is given `allocation`, which is to be written.
    void choose(ResourceClaim claim, AllocationResult allocation) {
        chosen.put(claim.getMetadata().getUid(), allocation);
    }

    /// It is not.
    void forget(ResourceClaim claim) {
        chosen.remove(claim.getMetadata().getUid());
    }

    /// It was.
    void wrote(ResourceClaim claim) {
        written.put(claim.getMetadata().getUid(), claim);
        forget(claim);
    }
}
