package dev.longshore.server;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.apiserver.ApiServerConfig;
import dev.longshore.apiserver.BackendDialer;
import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.apiserver.VersionInfo;
import dev.longshore.apiserver.WebhookDialer;
import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.Versions;
import dev.longshore.kinds.Admissions;
import dev.longshore.kinds.Authenticators;
import dev.longshore.kinds.Authorizers;
import dev.longshore.kinds.KindSchemas;
import dev.longshore.kinds.Kinds;
import dev.longshore.kinds.SeedObjects;
import dev.longshore.kinds.ServingPriorities;
import dev.longshore.kinds.authentication.AnyAuthenticator;
import dev.longshore.kinds.authentication.IssuerDocuments;
import dev.longshore.kinds.custom.DefinedKinds;
import dev.longshore.kinds.kit.Changes;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.TokenIssuance;
import dev.longshore.kinds.kit.TokenKeys;
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
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.Store;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Makes API servers of the built-in kinds.
final class ApiServers {

    private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

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
    /// @param settings what its flags say
    /// @param frontProxy what it needs to stand before extension API servers; nothing of the kind without
    record Facts(
            String publicAddress,
            String serviceRange,
            String nodePorts,
            KeyPair tokenKeys,
            ApiSettings settings,
            Optional<FrontProxy> frontProxy) {

        /// As the other, of a server that stands alone.
        Facts(String publicAddress, String serviceRange, String nodePorts, KeyPair tokenKeys, ApiSettings settings) {
            this(publicAddress, serviceRange, nodePorts, tokenKeys, settings, Optional.empty());
        }

        int securePort() {
            return Integer.parseInt(publicAddress.substring(publicAddress.lastIndexOf(':') + 1));
        }
    }

    /// The API server of `cluster`.
    static ApiServer make(
            Store store,
            ClusterRecord cluster,
            HostAddress host,
            Certificates certificates,
            ApiSettings settings,
            MetricsApis metrics,
            Optional<Auditing> audit,
            Time time,
            RandomGenerator randomness) {
        var dialer = new BackendDialer(
                List.of(certificates.authority()), Optional.of(Certificates.tls(certificates.toKubelets())));
        return make(
                store,
                new Facts(
                        host.address() + ":" + cluster.apiPort(),
                        cluster.serviceRange(),
                        cluster.nodePorts(),
                        certificates.tokenKeys(),
                        settings,
                        Optional.of(certificates.frontProxy())),
                metrics,
                audit,
                dialer,
                time,
                randomness);
    }

    /// As below, of a server that nobody audits.
    static ApiServer make(
            Store store,
            Facts facts,
            MetricsApis metrics,
            dev.longshore.apiserver.ConnectDialer dialer,
            Time time,
            RandomGenerator randomness) {
        return make(store, facts, metrics, Optional.empty(), dialer, time, randomness);
    }

    /// An API server over `store`, with the objects that every cluster has.
    ///
    /// @param audit told of every request; not closed with the server
    static ApiServer make(
            Store store,
            Facts facts,
            MetricsApis metrics,
            Optional<Auditing> audit,
            dev.longshore.apiserver.ConnectDialer dialer,
            Time time,
            RandomGenerator randomness) {
        Schemas schemas = metrics.schemas(new KindSchemas());
        var registry = new AtomicReference<Registry>();
        var authenticators = new AtomicReference<List<Authenticator>>(List.of());
        var authorizer = new AtomicReference<Authorizer>();
        var context = new KindsContext(
                time,
                randomness,
                schemas,
                facts.serviceRange,
                ports(facts.nodePorts),
                new TokenIssuance(TokenKeys.of(facts.tokenKeys), ISSUER),
                authorizer::get,
                () -> new AnyAuthenticator(authenticators.get()),
                facts.settings.eventLife(),
                new Changes());
        authenticators.set(Authenticators.all(context, registry::get));
        authorizer.set(authorizer(facts, context, registry::get));
        var webhooks = new WebhookDialer(registry::get, time);
        var alone = new ApiServerConfig(
                store,
                served(facts.settings.served(), context, metrics),
                new DefinedKinds(schemas, webhooks),
                schemas,
                made -> {
                    registry.set(made);
                    return authenticators.get();
                },
                made -> List.of(authorizer.get()),
                admissions(facts, context, webhooks),
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
                Optional.of(openId(facts)));
        ApiServerConfig config = facts.frontProxy
                .map(proxy -> alone.with(
                        new ApiServerConfig.Aggregation(
                                new ServiceRouting(randomness), proxy::identity, ServingPriorities::of),
                        List.of(new ExtensionAuthentication(
                                proxy.clientAuthorities(), proxy.proxyAuthorities(), FrontProxy.NAME, time))))
                .orElse(alone);
        var server = new ApiServer(config, facts.settings.seats(), audit);
        List<Runnable> prepared = PREPARED.stream().map(server.health()::hook).toList();
        new SeedObjects(context, server.registry(), facts.securePort()).plant();
        prepared.forEach(Runnable::run);
        return server;
    }

    private static Authorizer authorizer(Facts facts, KindsContext context, Supplier<Registry> registry) {
        try {
            return Authorizers.chosen(
                    context, registry, facts.settings.authorization(), ReviewCalls::find, facts.publicAddress);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("authorization: " + wrong.getMessage(), wrong);
        }
    }

    private static List<Admission> admissions(Facts facts, KindsContext context, OutboundCall webhooks) {
        try {
            return Admissions.chosen(context, facts.settings.admission(), webhooks);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--admission-control-config-file: " + wrong.getMessage(), wrong);
        }
    }

    private static ApiServerConfig.OpenId openId(Facts facts) {
        var documents = new IssuerDocuments(
                ISSUER, "https://" + facts.publicAddress + "/openid/v1/jwks", List.of(facts.tokenKeys.getPublic()));
        return new ApiServerConfig.OpenId(documents::configuration, documents::keys);
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
