package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives Services of type LoadBalancer an address out of the configured range; without a range they wait, as
/// they do without a cloud. At these addresses the nodes' service proxies answer. One worker: no address is
/// given twice.
final class LoadBalancerController implements Reconciler {

    static final String NAME = "service-controller";

    /// Services of this class, or of none, are ours.
    static final String CLASS = "longshore.dev/load-balancer";

    private static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Optional<AddressRange> range;

    private LoadBalancerController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.range = context.balancerRange();
    }

    static Controller create(ControllerContext context) {
        var controller = new LoadBalancerController(context);
        var loop = new ControllerLoop(NAME, controller, 1, context.time());
        context.informers().onChange(Service.class, service -> {
            loop.queue().add(Keys.of(service));
            // An address that was given back may be what another waits for.
            context.informers().all(Service.class).stream()
                    .filter(other -> isOurs(other) && addresses(other).isEmpty())
                    .forEach(waiting -> loop.queue().add(Keys.of(waiting)));
        });
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        if (informers.find(Service.class, key).isEmpty()) {
            return Outcome.done();
        }
        // Read anew: the informer may not have heard yet of the address that was given last.
        Service service = client.services()
                .inNamespace(Keys.namespace(key))
                .withName(Keys.name(key))
                .get();
        if (service == null) {
            return Outcome.done();
        }
        if (Keys.isBeingDeleted(service) || !isBalanced(service)) {
            end(service);
        } else if (isOurs(service) && range.isPresent()) {
            Service kept = isKept(service) ? service : keep(service);
            if (addresses(kept).isEmpty() || wantsAnother(kept)) {
                give(kept, range.get());
            }
        }
        return Outcome.done();
    }

    private static boolean isKept(Service service) {
        return service.getMetadata().getFinalizers().contains(FINALIZER);
    }

    /// It is not to go before its address is given back. As the original's, the write is one of the status.
    private Service keep(Service service) {
        return client.resource(new ServiceBuilder(service)
                        .editMetadata()
                        .addToFinalizers(FINALIZER)
                        .endMetadata()
                        .build())
                .updateStatus();
    }

    private void end(Service service) {
        if (!isKept(service)
                && (Keys.isBeingDeleted(service) || addresses(service).isEmpty())) {
            return;
        }
        events.event(service, Type.NORMAL, "DeletingLoadBalancer", "Deleting load balancer");
        Service released = new ServiceBuilder(service)
                .editMetadata()
                .removeFromFinalizers(FINALIZER)
                .endMetadata()
                .build();
        write(released, List.of());
        events.event(service, Type.NORMAL, "DeletedLoadBalancer", "Deleted load balancer");
    }

    private static boolean wantsAnother(Service service) {
        String asked = Objects.requireNonNullElse(service.getSpec().getLoadBalancerIP(), "");
        return !asked.isEmpty() && !addresses(service).contains(asked);
    }

    private void give(Service service, AddressRange addresses) {
        events.event(service, Type.NORMAL, "EnsuringLoadBalancer", "Ensuring load balancer");
        Set<String> taken = client.services().inAnyNamespace().list().getItems().stream()
                .flatMap(other -> addresses(other).stream())
                .collect(Collectors.toSet());
        try {
            write(service, List.of(choice(service, addresses, taken)));
            events.event(service, Type.NORMAL, "EnsuredLoadBalancer", "Ensured load balancer");
        } catch (IllegalArgumentException refused) {
            events.event(
                    service,
                    Type.WARNING,
                    "SyncLoadBalancerFailed",
                    "Error syncing load balancer: failed to ensure load balancer: " + refused.getMessage());
        }
    }

    /// The address for `service`: the one it asks for, or the first that is not `taken`.
    ///
    /// @throws IllegalArgumentException when it cannot have one
    static String choice(Service service, AddressRange range, Set<String> taken) {
        String family = range.isWide() ? "IPv6" : "IPv4";
        if (!service.getSpec().getIpFamilies().isEmpty()
                && !service.getSpec().getIpFamilies().contains(family)) {
            throw new IllegalArgumentException("the range of addresses is of " + family + ", which the Service is not");
        }
        String asked = Objects.requireNonNullElse(service.getSpec().getLoadBalancerIP(), "");
        if (asked.isEmpty()) {
            return range.free(taken)
                    .orElseThrow(() -> new IllegalArgumentException("all addresses of the range are taken"));
        }
        if (!range.contains(asked)) {
            throw new IllegalArgumentException(asked + " is not in the range of addresses");
        }
        if (taken.contains(asked)) {
            throw new IllegalArgumentException(asked + " is taken by another Service");
        }
        return asked;
    }

    private void write(Service service, List<String> addresses) {
        List<LoadBalancerIngress> ingress = addresses.stream()
                .map(address -> new LoadBalancerIngressBuilder()
                        .withIp(address)
                        .withIpMode("VIP")
                        .build())
                .toList();
        client.resource(new ServiceBuilder(service)
                        .editOrNewStatus()
                        .withNewLoadBalancer()
                        .withIngress(ingress)
                        .endLoadBalancer()
                        .endStatus()
                        .build())
                .updateStatus();
    }

    private static boolean isBalanced(Service service) {
        return "LoadBalancer".equals(service.getSpec().getType());
    }

    private static boolean isOurs(Service service) {
        String type = Objects.requireNonNullElse(service.getSpec().getLoadBalancerClass(), "");
        return isBalanced(service) && (type.isEmpty() || type.equals(CLASS));
    }

    private static List<String> addresses(Service service) {
        return service.getStatus() == null || service.getStatus().getLoadBalancer() == null
                ? List.of()
                : service.getStatus().getLoadBalancer().getIngress().stream()
                        .map(LoadBalancerIngress::getIp)
                        .filter(Objects::nonNull)
                        .sorted(Comparator.naturalOrder())
                        .toList();
    }
}
