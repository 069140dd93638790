package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Table;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of `certificates.k8s.io`.
final class CertificateKinds {

    private static final String GROUP = "certificates.k8s.io/";

    private static final Set<String> STATES = Set.of("Issued", "Denied", "Failed");

    private CertificateKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(
                requests(context),
                bundles(context, "v1beta1"),
                bundles(context, "v1alpha1"),
                KindBuilder.kind(context, GROUP + "v1beta1", "PodCertificateRequest", "podcertificaterequests")
                        .needsVersion()
                        .status()
                        .noGeneration()
                        .defaults(object -> Trees.object(object, "spec")
                                .ifPresent(spec -> Defaults.put(spec, "maxExpirationSeconds", 86_400)))
                        .newChecks(PodCertificateChecks::check)
                        .statusChecks(new PodCertificateStatus(context.time())::check)
                        .field("spec.signerName")
                        .field("spec.podName")
                        .field("spec.nodeName")
                        .notSelectableByNamespace()
                        .changeChecks((checks, object, old) ->
                                checks.unchangedOf("PodCertificateRequestSpec", "spec", object, old, "spec"))
                        .table(podRequests())
                        .build());
    }

    private static Table podRequests() {
        return Columns.named()
                .text("PodName", "For which pod.", object -> object.text("spec", "podName"))
                .text("ServiceAccountName", "As whom it runs.", object -> object.text("spec", "serviceAccountName"))
                .text("NodeName", "Where it runs.", object -> object.text("spec", "nodeName"))
                .text("SignerName", "Who shall sign.", object -> object.text("spec", "signerName"))
                .text("State", "How it stands.", CertificateKinds::state)
                .table();
    }

    private static ResourceDefinition bundles(KindsContext context, String version) {
        return KindBuilder.kind(context, GROUP + version, "ClusterTrustBundle", "clustertrustbundles")
                .needsVersion()
                .clusterScoped()
                .names(NameRule.PATH_SEGMENT)
                .noGeneration()
                .storedAs(GROUP + "v1beta1", Conversion.SAME_SHAPE)
                .newChecks(TrustBundleChecks::check)
                .changeChecks(TrustBundleChecks::change)
                .field("spec.signerName")
                .table(Columns.named()
                        .text("SignerName", "Who signs with it.", CertificateKinds::signer)
                        .table())
                .build();
    }

    private static ResourceDefinition requests(KindsContext context) {
        return KindBuilder.kind(context, GROUP + "v1", "CertificateSigningRequest", "certificatesigningrequests")
                .clusterScoped()
                .shortNames("csr")
                .status()
                .part(
                        "approval",
                        new SigningRequests(context.time(), SigningRequests.Path.APPROVAL),
                        "get",
                        "patch",
                        "update")
                .field("spec.signerName")
                .table(Columns.named()
                        .age()
                        .text("SignerName", "Who shall sign.", CertificateKinds::signer)
                        .text("Requestor", "Who asked.", object -> object.text("spec", "username"))
                        .text(
                                "RequestedDuration",
                                "For how long.",
                                object -> object.find("spec", "expirationSeconds")
                                        .map(seconds -> Ages.shown(Duration.ofSeconds(seconds.asLong())))
                                        .orElse("<none>"))
                        .text("Condition", "How it stands.", CertificateKinds::condition)
                        .table())
                .strategy(new SigningRequests(context.time(), SigningRequests.Path.SPEC))
                .build();
    }

    private static String signer(Resource object) {
        String name = object.text("spec", "signerName");
        return name.isEmpty() ? "<none>" : name;
    }

    /// At most one of them holds.
    private static String state(Resource request) {
        String state = "Pending";
        for (ObjectNode one : Trees.list(request.tree(), "status", "conditions")) {
            String type = Trees.text(one, "type");
            state = STATES.contains(type) ? type : state;
        }
        return state;
    }

    private static String condition(Resource request) {
        var types = new HashSet<String>();
        Trees.list(request.tree(), "status", "conditions").forEach(one -> types.add(Trees.text(one, "type")));
        String verdict = types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending";
        if (types.contains("Failed")) {
            verdict += ",Failed";
        }
        return request.text("status", "certificate").isEmpty() ? verdict : verdict + ",Issued";
    }
}
