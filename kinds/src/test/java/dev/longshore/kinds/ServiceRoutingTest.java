package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Yaml;
import dev.longshore.kinds.services.ServiceRouting;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.ServiceRouter.Address;
import dev.longshore.model.ServiceRouter.Destination;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ServiceRoutingTest {

    private static final Destination POND = new Destination("fish", "pond", 443);

    private final Cluster cluster = new Cluster();
    private final ServiceRouting routing = new ServiceRouting(new Random(1));

    private void put(String yaml) {
        cluster.registry.put(new Resource((ObjectNode) Yaml.parse(yaml)));
    }

    private void service(String spec) {
        put("{apiVersion: v1, kind: Service, metadata: {name: pond, namespace: fish}, spec: " + spec + "}");
    }

    private void slice(String name, String rest) {
        put("{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: " + name
                + ", namespace: fish, labels: {kubernetes.io/service-name: pond}}, " + rest + "}");
    }

    private String obstacle() {
        return routing.obstacle(cluster.registry, POND)
                .map(one -> one.reason() + ": " + one.message())
                .orElse("");
    }

    private Set<Address> reached() {
        var reached = new HashSet<Address>();
        for (int i = 0; i < 50; i++) {
            reached.add(routing.resolve(cluster.registry, POND));
        }
        return reached;
    }

    @Test
    void tellsWhatIsInTheWayUntilNothingIs() {
        assertThat(obstacle()).isEqualTo("ServiceNotFound: service/pond in \"fish\" is not present");

        service("{type: ClusterIP, ports: [{name: web, port: 80}]}");
        assertThat(obstacle()).isEqualTo("ServicePortError: service/pond in \"fish\" is not listening on port 443");

        service("{type: ClusterIP, ports: [{name: web, port: 80}, {name: https, port: 443}]}");
        assertThat(obstacle()).isEqualTo("EndpointsNotFound: cannot find endpointslices for service/pond in \"fish\"");

        slice("a", "addressType: IPv4, ports: [{name: web, port: 8080}], endpoints: [{addresses: [10.0.0.1]}]");
        slice(
                "b",
                "addressType: IPv4, ports: [{name: https, port: 8443}],"
                        + " endpoints: [{addresses: [10.0.0.1], conditions: {ready: false}}]");
        assertThat(obstacle())
                .isEqualTo("MissingEndpoints: endpointslices for service/pond in \"fish\" have no"
                        + " addresses with port name \"https\"");

        slice("c", "addressType: IPv4, ports: [{name: https, port: 8443}], endpoints: [{addresses: [10.0.0.2]}]");
        assertThat(obstacle()).isEmpty();
    }

    @Test
    void leadsToEveryReadyEndpointAndToNoOther() {
        service("{type: NodePort, ports: [{port: 443, targetPort: 8443}]}");
        slice(
                "a",
                "addressType: IPv4, ports: [{name: '', port: 8443}], endpoints: [{addresses: [10.0.0.1]},"
                        + " {addresses: [10.0.0.2], conditions: {ready: true}},"
                        + " {addresses: [10.0.0.3], conditions: {ready: false}}]");

        assertThat(reached()).containsExactlyInAnyOrder(new Address("10.0.0.1", 8443), new Address("10.0.0.2", 8443));
    }

    @Test
    void prefersTheServicesFirstFamily() {
        service("{type: ClusterIP, ipFamilies: [IPv6, IPv4], ports: [{name: s, port: 443}]}");
        slice("a", "addressType: IPv4, ports: [{name: s, port: 1}], endpoints: [{addresses: [10.0.0.1]}]");
        slice("b", "addressType: IPv6, ports: [{name: s, port: 1}], endpoints: [{addresses: ['fd00::1']}]");

        assertThat(reached()).containsExactly(new Address("fd00::1", 1));
    }

    @Test
    void leadsOutOfTheClusterByName() {
        service("{type: ExternalName, externalName: pond.example.com}");

        assertThat(obstacle()).isEmpty();
        assertThat(reached()).containsExactly(new Address("pond.example.com", 443));
    }

    @Test
    void refusesWhereNobodyIs() {
        assertThatThrownBy(this::reached).isInstanceOf(FaultException.class);
        service("{type: ClusterIP, ports: [{name: s, port: 443}]}");

        assertThatThrownBy(this::reached)
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("no endpoints available for service \"pond\"");
    }

    @Test
    void knowsWhoseRoutesAnObjectDecides() {
        slice("a", "addressType: IPv4, ports: [], endpoints: []");
        var source = routing.sources().getLast();

        assertThat(routing.serviceOf(cluster.registry.get(source, "fish", "a").orElseThrow()))
                .contains("pond");
    }
}
