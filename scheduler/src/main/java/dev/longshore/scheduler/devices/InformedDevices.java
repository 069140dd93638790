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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What informers say of devices. Over it lies what was decided: devices chosen for a claim are taken at once; the
/// claim shows them when they are written, and only until the informer has heard so much.
public final class InformedDevices implements DeviceFacts {

    private final Informers informers;
    /// With their devices, by uid.
    private final Map<String, ResourceClaim> chosen = new ConcurrentHashMap<>();
    private final Map<String, ResourceClaim> written = new ConcurrentHashMap<>();
    /// When the devices were given for which nobody waits any more, by the claim's uid.
    private final Map<String, String> givenUp = new ConcurrentHashMap<>();

    /// Reads through `informers`, which must be started after this.
    public InformedDevices(Informers informers) {
        this.informers = informers;
        List.of(ResourceClaim.class, ResourceSlice.class, DeviceClass.class).forEach(informers::of);
    }

    /// Calls `moved` when something changed that may help pods that wait for devices, with a test of which.
    public void onChange(Consumer<Predicate<PodView>> moved) {
        informers.onChange(ResourceClaim.class, claim -> moved.accept(PodView::mayNeedDevices));
        informers.onChange(ResourceSlice.class, slice -> moved.accept(PodView::mayNeedDevices));
        informers.onChange(DeviceClass.class, type -> moved.accept(PodView::mayNeedDevices));
    }

    @Override
    public Optional<ResourceClaim> claim(String namespace, String name) {
        return informers.find(ResourceClaim.class, namespace + "/" + name).map(this::overWritten);
    }

    @Override
    public List<ResourceClaim> claims() {
        var heard = informers.all(ResourceClaim.class).stream()
                .map(this::overWritten)
                .map(claim -> chosen.getOrDefault(claim.getMetadata().getUid(), claim));
        // Those that are still to be made have devices too.
        return Stream.concat(heard, chosen.values().stream().filter(InformedDevices::isUnmade))
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

    private static boolean isUnmade(ResourceClaim claim) {
        return claim.getMetadata().getName().equals(ExtendedClaims.UNMADE);
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
    public List<DeviceClass> deviceClasses() {
        return informers.all(DeviceClass.class);
    }

    @Override
    public Optional<DeviceClass> deviceClass(String name) {
        return Objects.requireNonNullElse(name, "").isEmpty()
                ? Optional.empty()
                : informers.find(DeviceClass.class, name);
    }

    /// `claim` is given `allocation`, which is to be written.
    void choose(ResourceClaim claim, AllocationResult allocation) {
        chosen.put(
                claim.getMetadata().getUid(),
                new ResourceClaimBuilder(claim)
                        .editOrNewStatus()
                        .withAllocation(allocation)
                        .endStatus()
                        .build());
    }

    /// It is not.
    void forget(ResourceClaim claim) {
        chosen.remove(claim.getMetadata().getUid());
    }

    /// What is known of `claim` by now, if it is still there.
    Optional<ResourceClaim> present(ResourceClaim claim) {
        return claim(claim.getMetadata().getNamespace(), claim.getMetadata().getName())
                .filter(found ->
                        found.getMetadata().getUid().equals(claim.getMetadata().getUid()));
    }

    /// Whether others hear of `claim` as it was written, or of what came after it.
    boolean isHeard(ResourceClaim claim) {
        return informers
                .find(
                        ResourceClaim.class,
                        claim.getMetadata().getNamespace() + "/"
                                + claim.getMetadata().getName())
                .filter(heard -> version(heard) >= version(claim))
                .isPresent();
    }

    @Override
    public boolean isGivenUp(ResourceClaim claim) {
        return given(claim)
                .filter(since -> since.equals(givenUp.get(claim.getMetadata().getUid())))
                .isPresent();
    }

    /// Nobody waits for the devices that `claim` has now.
    void giveUp(ResourceClaim claim) {
        Set<String> known = informers.all(ResourceClaim.class).stream()
                .map(other -> other.getMetadata().getUid())
                .collect(Collectors.toSet());
        givenUp.keySet().retainAll(known);
        given(claim).ifPresent(since -> givenUp.put(claim.getMetadata().getUid(), since));
    }

    private static Optional<String> given(ResourceClaim claim) {
        return Optional.ofNullable(claim.getStatus())
                .map(status -> status.getAllocation())
                .map(AllocationResult::getAllocationTimestamp);
    }

    /// It was.
    void wrote(ResourceClaim claim) {
        written.put(claim.getMetadata().getUid(), claim);
        forget(claim);
    }
}
