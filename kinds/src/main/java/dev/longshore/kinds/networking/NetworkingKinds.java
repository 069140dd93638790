package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The kinds of `networking.k8s.io` and `discovery.k8s.io`.
public final class NetworkingKinds {

    private NetworkingKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<>(List.of(
                EndpointSliceKind.definition(context),
                IngressKind.definition(context),
                NetworkPolicyKind.definition(context),
                ingressClasses(context)));
        for (String version : List.of("v1", "v1beta1")) {
            all.add(addresses(context, version));
            all.add(ranges(context, version));
        }
        return all;
    }

    private static ResourceDefinition ingressClasses(KindsContext context) {
        return KindBuilder.kind(context, "networking.k8s.io/v1", "IngressClass", "ingressclasses")
                .clusterScoped()
                .table(Columns.named()
                        .text("Controller", "Who serves it.", object -> object.text("spec", "controller"))
                        .text("Parameters", "What it is configured by.", NetworkingKinds::parameters)
                        .age()
                        .table())
                .newChecks(ClassAndRangeChecks::ingressClass)
                .defaults(object -> Trees.object(object, "spec", "parameters")
                        .ifPresent(parameters -> Defaults.put(parameters, "scope", "Cluster")))
                .changeChecks((checks, object, old) -> {
                    checks.unchanged("spec.controller", object, old, "spec", "controller");
                    ClassAndRangeChecks.ingressClass(checks, object);
                })
                .build();
    }

    private static String parameters(Resource object) {
        String name = object.text("spec", "parameters", "name");
        String group = object.text("spec", "parameters", "apiGroup");
        String kind = object.text("spec", "parameters", "kind");
        if (name.isEmpty()) {
            return "<none>";
        }
        return (group.isEmpty() ? kind : kind + "." + group) + "/" + name;
    }

    private static ResourceDefinition addresses(KindsContext context, String version) {
        return KindBuilder.kind(context, "networking.k8s.io/" + version, "IPAddress", "ipaddresses")
                .clusterScoped()
                .shortNames("ip")
                .storedAs("networking.k8s.io/v1", Conversion.SAME_SHAPE)
                .table(Columns.named()
                        .text("ParentRef", "Who has it.", object -> {
                            if (!Trees.has(object.tree(), "spec", "parentRef")) {
                                return "<none>";
                            }
                            String group = object.text("spec", "parentRef", "group");
                            String resource = object.text("spec", "parentRef", "resource");
                            String namespace = object.text("spec", "parentRef", "namespace");
                            return String.join(
                                    "/",
                                    (group.isEmpty() ? resource : resource + "." + group).toLowerCase(Locale.ROOT),
                                    namespace.isEmpty()
                                            ? object.text("spec", "parentRef", "name")
                                            : namespace + "/" + object.text("spec", "parentRef", "name"));
                        })
                        .table())
                .names(NameRule.ADDRESS)
                .newChecks(ClassAndRangeChecks::address)
                .changeChecks((checks, object, old) ->
                        checks.unchangedOf("ParentReference", "spec.parentRef", object, old, "spec", "parentRef"))
                .build();
    }

    private static ResourceDefinition ranges(KindsContext context, String version) {
        return KindBuilder.kind(context, "networking.k8s.io/" + version, "ServiceCIDR", "servicecidrs")
                .clusterScoped()
                .storedAs("networking.k8s.io/v1", Conversion.SAME_SHAPE)
                .status()
                .table(Columns.named()
                        .text(
                                "CIDRs",
                                "The address ranges.",
                                object -> String.join(",", Trees.strings(object.tree(), "spec", "cidrs")))
                        .age()
                        .table())
                .newChecks(ClassAndRangeChecks::range)
                .changeChecks(ClassAndRangeChecks::rangeChange)
                .build();
    }
}
