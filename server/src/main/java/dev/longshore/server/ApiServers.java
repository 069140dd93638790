package dev.longshore.server;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.apiserver.ApiServerConfig;
import dev.longshore.apiserver.BackendDialer;
import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.apiserver.VersionInfo;
import dev.longshore.apiserver.WebhookCredentials;
import dev.longshore.apiserver.WebhookDialer;
import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.Versions;
import dev.longshore.http.TlsClient;
import dev.longshore.kinds.Admissions;
import dev.longshore.kinds.Authenticators;
import dev.longshore.kinds.Authorizers;
import dev.longshore.kinds.KindSchemas;
import dev.longshore.kinds.Kinds;
import dev.longshore.kinds.SeedObjects;
import dev.longshore.kinds.ServingPriorities;
import dev.longshore.kinds.admission.WaysOut;
import dev.longshore.kinds.authentication.ProxyHeaders;
import dev.longshore.kinds.custom.DefinedKinds;
import dev.longshore.kinds.kit.Changes;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.machinery.ExtensionAuthentication;
import dev.longshore.kinds.services.ServiceRouting;
import dev.longshore.kinds.wire.ProtobufCodec;
import dev.longshore.model.Admission;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authorizer;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Registry;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import dev.longshore.model.Upkeep;
import dev.longshore.server.config.AtRestOptions;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.identity.Identities;
import dev.longshore.server.identity.ReviewCalls;
import dev.longshore.server.pki.Pem;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Store;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Makes API servers of the built-in kinds.
final class ApiServers {

    /// What health checks call the planting of the objects that every cluster has.
    private static final List<String> PREPARED = List.of(
            "start-system-namespaces-controller",
            "rbac/bootstrap-roles",
            "scheduling/bootstrap-system-priority-classes",
            "start-kubernetes-service-cidr-controller",
            "start-service-ip-repair-controllers");

    private ApiServers() {}

    /// What differs between API servers.
    ///
    /// @param publicAddress `HOST:PORT`
    /// @param serviceRange where service addresses come from
    /// @param nodePorts `first-last`
    /// @param identities who may ask, and how they are known
    /// @param settings what its flags say
    /// @param frontProxy what it needs to stand before extension API servers; nothing of the kind without
    record Facts(
            String publicAddress,
            String serviceRange,
            String nodePorts,
            Identities identities,
            ApiSettings settings,
            Optional<FrontProxy> frontProxy) {

        /// As the other, of a server that stands alone.
        Facts(
                String publicAddress,
                String serviceRange,
                String nodePorts,
                Identities identities,
                ApiSettings settings) {
            this(publicAddress, serviceRange, nodePorts, identities, settings, Optional.empty());
        }

        int securePort() {
            return Integer.parseInt(publicAddress.substring(publicAddress.lastIndexOf(':') + 1));
        }
    }

    /// What stands beside an API server; neither is closed with it.
    ///
    /// @param audit told of every request
    /// @param atRest encrypts what is stored
    record Beside(Optional<Auditing> audit, AtRest atRest) {}

    /// The API server of `cluster`.
    static ApiServer make(
            Store store,
            ClusterRecord cluster,
            HostAddress host,
            Certificates certificates,
            Identities identities,
            ApiSettings settings,
            MetricsApis metrics,
            Beside beside,
            Time time,
            RandomGenerator randomness) {
        var dialer = new BackendDialer(TlsClient.of(List.of(certificates.authority()), certificates.toKubelets()));
        return make(
                store,
                new Facts(
                        host.address() + ":" + cluster.apiPort(),
                        cluster.serviceRange(),
                        cluster.nodePorts(),
                        identities,
                        settings,
                        Optional.of(certificates.frontProxy())),
                metrics,
                beside,
                dialer,
                time,
                randomness);
    }

    /// As below, of a server with nothing beside it.
    static ApiServer make(
            Store store,
            Facts facts,
            MetricsApis metrics,
            dev.longshore.apiserver.ConnectDialer dialer,
            Time time,
            RandomGenerator randomness) {
        var beside = new Beside(Optional.empty(), new AtRest(AtRestOptions.NONE, time, new SecureRandom()));
        return make(store, facts, metrics, beside, dialer, time, randomness);
    }

    /// An API server over `store`, with the objects that every cluster has.
    static ApiServer make(
            Store store,
            Facts facts,
            MetricsApis metrics,
            Beside beside,
            dev.longshore.apiserver.ConnectDialer dialer,
            Time time,
            RandomGenerator randomness) {
        Schemas schemas = metrics.schemas(new KindSchemas());
        var registry = new AtomicReference<Registry>();
        var authenticator = new AtomicReference<Authenticator>();
        var authorizer = new AtomicReference<Authorizer>();
        var context = new KindsContext(
                time,
                randomness,
                schemas,
                facts.serviceRange,
                ports(facts.nodePorts),
                facts.identities.tokens(),
                authorizer::get,
                authenticator::get,
                facts.settings.eventLife(),
                new Changes(),
                gates(facts.settings.served()));
        authenticator.set(Authenticators.all(
                context,
                registry::get,
                facts.identities.means(
                        facts.frontProxy.map(proxy -> new Identities.OwnProxy(proxy::authority, FrontProxy.NAME)))));
        authorizer.set(authorizer(facts, context, registry::get));
        var webhooks = new WebhookDialer(registry::get, time);
        List<ResourceDefinition> served = served(facts.settings.served(), context, metrics);
        var config = new ApiServerConfig(
                beside.atRest.over(store, served),
                served,
                new DefinedKinds(schemas, webhooks),
                schemas,
                made -> {
                    registry.set(made);
                    return List.of(authenticator.get());
                },
                made -> List.of(authorizer.get()),
                admissions(facts, context, webhooks, registry::get),
                List.of(new ProtobufCodec()),
                time,
                randomness,
                dialer,
                new VersionInfo(
                        Versions.KUBERNETES,
                        "longshore",
                        "2026-01-01T00:00:00Z",
                        Runtime.version().toString()),
                facts.publicAddress,
                openId(facts),
                surroundings(facts, randomness, time));
        var server = new ApiServer(config, facts.settings.seats(), beside.audit);
        List<Runnable> prepared = PREPARED.stream().map(server.health()::hook).toList();
        new SeedObjects(context, server.registry(), facts.securePort(), store instanceof EmbeddedStore).plant();
        prepared.forEach(Runnable::run);
        return server;
    }

    private static ApiServerConfig.Beside surroundings(Facts facts, RandomGenerator randomness, Time time) {
        return new ApiServerConfig.Beside(
                facts.frontProxy.map(proxy -> new ApiServerConfig.Aggregation(
                        new ServiceRouting(randomness), proxy.identity(), ServingPriorities::of)),
                facts.frontProxy.stream()
                        .<Upkeep>map(proxy -> extensions(facts.identities, proxy, time))
                        .toList(),
                facts.identities.entrance());
    }

    private static Authorizer authorizer(Facts facts, KindsContext context, Supplier<Registry> registry) {
        try {
            return Authorizers.chosen(
                    context, registry, facts.settings.authorization(), ReviewCalls::find, facts.publicAddress);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("authorization: " + wrong.getMessage(), wrong);
        }
    }

    private static List<Admission> admissions(
            Facts facts, KindsContext context, OutboundCall webhooks, Supplier<Registry> registry) {
        var ways = new WaysOut(
                kubeconfig -> kubeconfig.isEmpty()
                        ? webhooks
                        : new WebhookDialer(registry, context.time(), WebhookCredentials.read(Path.of(kubeconfig))),
                ReviewCalls::find);
        try {
            return Admissions.chosen(context, facts.settings.admission(), ways);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--admission-control-config-file: " + wrong.getMessage(), wrong);
        }
    }

    /// Extension servers hear of our own front proxy, and of that of flags.
    private static ExtensionAuthentication extensions(Identities identities, FrontProxy proxy, Time time) {
        var proxies = new ArrayList<ProxyHeaders>();
        proxies.add(ProxyHeaders.usual(FrontProxy.NAME));
        identities.proxyHeaders().ifPresent(proxies::add);
        return new ExtensionAuthentication(
                () -> Pem.of(identities.clientAuthorities()),
                () -> Pem.of(Stream.concat(Stream.of(proxy.authority()), identities.proxyAuthorities().stream())
                        .toList()),
                proxies,
                time);
    }

    private static Optional<ApiServerConfig.OpenId> openId(Facts facts) {
        return facts.identities
                .documents(facts.publicAddress)
                .map(documents -> new ApiServerConfig.OpenId(
                        () -> documents.get().configuration(),
                        () -> documents.get().keys()));
    }

    /// Whoever serves a kind that is off by default wants all of it.
    private static FeatureGates gates(RuntimeConfig config) {
        var open = new HashSet<String>();
        if (config.serves("certificates.k8s.io/v1beta1", "clustertrustbundles")) {
            open.add(FeatureGates.TRUST_BUNDLES);
        }
        if (config.serves("certificates.k8s.io/v1beta1", "podcertificaterequests")) {
            open.add(FeatureGates.POD_CERTIFICATES);
        }
        return new FeatureGates(open);
    }

    /// The metrics APIs are no part of Kubernetes, whose versions are switched.
    private static List<ResourceDefinition> served(RuntimeConfig config, KindsContext context, MetricsApis metrics) {
        try {
            return Stream.concat(config.served(Kinds.all(context)).stream(), metrics.definitions(context).stream())
                    .toList();
        } catch (IllegalArgumentException unknown) {
            throw new CommandFailure("--runtime-config: " + unknown.getMessage(), unknown);
        }
    }

    private static KindsContext.PortRange ports(String range) {
        int dash = range.indexOf('-');
        return new KindsContext.PortRange(
                Integer.parseInt(range.substring(0, dash)), Integer.parseInt(range.substring(dash + 1)));
    }
}
