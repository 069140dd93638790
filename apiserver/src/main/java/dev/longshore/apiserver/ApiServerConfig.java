package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.http.TlsIdentity;
import dev.longshore.model.Admission;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Codec;
import dev.longshore.model.CustomKinds;
import dev.longshore.model.Registry;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schemas;
import dev.longshore.model.ServiceRouter;
import dev.longshore.model.ServingPriority;
import dev.longshore.model.Upkeep;
import dev.longshore.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// All that an [ApiServer] is made of.
///
/// @param store not closed by the server
/// @param definitions what is served, as [RuntimeConfig] chose it
/// @param customKinds makes kinds of the CustomResourceDefinitions that are stored
/// @param authenticators asked in their order, made over the server's registry
/// @param authorizers asked in their order, made over the server's registry; one must say yes
/// @param admissions in their order
/// @param codecs for bodies that are neither JSON nor YAML
/// @param dialer leads log, exec, attach, port-forward and proxy on
/// @param publicAddress `HOST:PORT` under which clients find this server
/// @param openId what the server tells about its tokens' keys, if it issues any
/// @param beside what not every server has
public record ApiServerConfig(
        Store store,
        List<ResourceDefinition> definitions,
        CustomKinds customKinds,
        Schemas schemas,
        Function<Registry, List<Authenticator>> authenticators,
        Function<Registry, List<Authorizer>> authorizers,
        List<Admission> admissions,
        List<Codec> codecs,
        Time time,
        RandomGenerator randomness,
        ConnectDialer dialer,
        VersionInfo version,
        String publicAddress,
        Optional<OpenId> openId,
        Beside beside) {

    public ApiServerConfig {
        definitions = List.copyOf(definitions);
        admissions = List.copyOf(admissions);
        codecs = List.copyOf(codecs);
    }

    /// What not every server has.
    ///
    /// @param aggregation what it takes to stand before other servers, if it shall
    /// @param upkeep what the server keeps in order by itself
    /// @param entrance who is let in without credentials
    public record Beside(Optional<Aggregation> aggregation, List<Upkeep> upkeep, Entrance entrance) {

        /// A server that stands before no others, keeps nothing in order, and lets in whom its authorizers do.
        public static final Beside NOTHING = new Beside(Optional.empty(), List.of(), Entrance.OPEN);

        public Beside {
            upkeep = List.copyOf(upkeep);
        }
    }

    /// What it takes to stand before other API servers.
    ///
    /// @param router finds the places behind Services
    /// @param identity by which those servers know us
    /// @param priorities where a built-in version of a group stands; empty for what has no APIService of its own
    public record Aggregation(
            ServiceRouter router,
            Supplier<TlsIdentity> identity,
            BiFunction<String, String, Optional<ServingPriority>> priorities) {}

    /// OpenID Connect's discovery documents, as others need them to check our service accounts' tokens.
    ///
    /// @param configuration of `/.well-known/openid-configuration`, asked for with each answer: keys may change
    /// @param keys of `/openid/v1/jwks`
    public record OpenId(Supplier<JsonNode> configuration, Supplier<JsonNode> keys) {}
}
