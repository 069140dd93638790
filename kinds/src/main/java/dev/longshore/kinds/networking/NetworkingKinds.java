package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

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
                .checks((checks, object) ->
                        checks.requiredText("spec.controller", Trees.text(object, "spec", "controller")))
                .changeChecks(
                        (checks, object, old) -> checks.unchanged("spec.controller", object, old, "spec", "controller"))
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
                .field("spec.parentRef.name")
                .table(Columns.named()
                        .text("ParentRef", "Who has it.", object -> {
                            String group = object.text("spec", "parentRef", "group");
                            String resource = object.text("spec", "parentRef", "resource");
                            String namespace = object.text("spec", "parentRef", "namespace");
                            return String.join(
                                    "/",
                                    group.isEmpty() ? resource : resource + "." + group,
                                    namespace.isEmpty()
                                            ? object.text("spec", "parentRef", "name")
                                            : namespace + "/" + object.text("spec", "parentRef", "name"));
                        })
                        .table())
                .checks((checks, object) -> {
                    String name = Trees.text(object, "metadata", "name");
                    if (!Addresses.isAddress(name)) {
                        checks.invalid("metadata.name", name, "must be a valid IP address");
                    }
                    checks.requiredText("spec.parentRef", Trees.text(object, "spec", "parentRef", "name"));
                })
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
                .checks((checks, object) -> {
                    List<String> blocks = Trees.strings(object, "spec", "cidrs");
                    if (blocks.isEmpty()) {
                        checks.required("spec.cidrs", "at least one CIDR required");
                    }
                    for (int i = 0; i < blocks.size(); i++) {
                        if (!Addresses.isBlock(blocks.get(i))) {
                            checks.invalid(
                                    "spec.cidrs[" + i + "]",
                                    blocks.get(i),
                                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
                        }
                    }
                })
                .build();
    }
}
