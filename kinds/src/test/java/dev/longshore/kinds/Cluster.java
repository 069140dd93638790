package dev.longshore.kinds;

import dev.longshore.base.ManualTime;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.kit.Changes;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.TokenIssuance;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.node.ObjectNode;

/// A cluster for tests: all kinds, and as much of the API machine as it takes to write objects of them.
public final class Cluster {

    static final String ONE_FAMILY = "10.96.0.0/16";
    static final String TWO_FAMILIES = ONE_FAMILY + ",fd00:96::/112";

    private static final KeyPair KEYS = keys();

    final ManualTime time = new ManualTime();
    final AtomicReference<Authorizer> authorizer =
            new AtomicReference<>(attributes -> new Authorizer.Decision.NoOpinion(""));
    final AtomicReference<Authenticator> authenticator =
            new AtomicReference<>(credentials -> new Authenticator.Verdict.NotMine());
    final KindsContext context;
    /// All kinds in all versions.
    public final List<ResourceDefinition> kinds;
    final MemoryRegistry registry;
    final List<String> warnings = new ArrayList<>();
    final Call call = new Call(UserInfo.of("alice", UserInfo.MASTERS), false, warnings);

    /// With one range of addresses for services.
    public Cluster() {
        this(ONE_FAMILY);
    }

    /// With these addresses for services.
    Cluster(String serviceRange) {
        this(serviceRange, new TokenIssuance(TokenKeys.of(KEYS), "https://kubernetes.default.svc.cluster.local"));
    }

    /// With these tokens.
    Cluster(TokenIssuance tokens) {
        this(ONE_FAMILY, tokens);
    }

    private Cluster(String serviceRange, TokenIssuance tokens) {
        this.context = new KindsContext(
                time,
                new Random(7),
                new KindSchemas(),
                serviceRange,
                KindsContext.PortRange.DEFAULT,
                tokens,
                authorizer::get,
                authenticator::get,
                KindsContext.EVENT_LIFE,
                new Changes(),
                FeatureGates.USUAL);
        this.kinds = Kinds.all(context);
        this.registry = new MemoryRegistry(kinds, time);
    }

    private static KeyPair keys() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has RSA", impossible);
        }
    }

    ResourceDefinition kind(String apiVersion, String kind) {
        return kinds.stream()
                .filter(definition -> definition.kind().apiVersion().equals(apiVersion)
                        && definition.kind().kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no kind " + apiVersion + " " + kind));
    }

    ResourceDefinition kindOf(Resource object) {
        return kind(object.text("apiVersion"), object.text("kind"));
    }

    /// The object that `yaml` spells, with defaults.
    Resource read(String yaml) {
        Resource object = new Resource((ObjectNode) Yaml.parse(yaml));
        kindOf(object).strategy().applyDefaults(object);
        return object;
    }

    /// What is wrong with creating what `yaml` spells: path and message.
    List<String> faults(String yaml) {
        Resource object = read(yaml);
        fill(object);
        kindOf(object).strategy().prepareForCreate(call, object);
        return shown(kindOf(object).strategy().validate(call, object));
    }

    /// What is wrong with changing `old` into `now`.
    List<String> faults(Resource now, Resource old) {
        Resource object = now.copy();
        kindOf(object).strategy().applyDefaults(object);
        kindOf(object).strategy().prepareForUpdate(call, object, old);
        return shown(kindOf(object).strategy().validateUpdate(call, object, old));
    }

    private static List<String> shown(List<Cause> causes) {
        return causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }

    /// Creates what `yaml` spells.
    Resource create(String yaml) {
        Resource object = read(yaml);
        fill(object);
        ResourceDefinition kind = kindOf(object);
        kind.strategy().prepareForCreate(call, object);
        List<String> faults = shown(kind.strategy().validate(call, object));
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.toString());
        }
        var reservation = kind.strategy().reserve(call, registry, object, Optional.empty());
        registry.put(object);
        reservation.settle();
        return object;
    }

    private void fill(Resource object) {
        object.metadata()
                .put("uid", UUID.nameUUIDFromBytes(object.bytes()).toString())
                .put("creationTimestamp", time.now().toString());
    }
}
