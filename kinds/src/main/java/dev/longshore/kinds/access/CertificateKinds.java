package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Conversion;
import dev.longshore.model.NameRule;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of `certificates.k8s.io`.
final class CertificateKinds {

    private static final String GROUP = "certificates.k8s.io/";
    private static final Set<String> VERDICTS = Set.of("Approved", "Denied");

    private CertificateKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(
                requests(context),
                bundles(context, "v1beta1"),
                bundles(context, "v1alpha1"),
                KindBuilder.kind(context, GROUP + "v1beta1", "PodCertificateRequest", "podcertificaterequests")
                        .status()
                        .field("spec.signerName")
                        .field("spec.podName")
                        .field("spec.serviceAccountName")
                        .field("spec.nodeName")
                        .changeChecks((checks, object, old) -> checks.unchanged("spec", object, old, "spec"))
                        .build());
    }

    private static ResourceDefinition bundles(KindsContext context, String version) {
        return KindBuilder.kind(context, GROUP + version, "ClusterTrustBundle", "clustertrustbundles")
                .clusterScoped()
                .names(NameRule.PATH_SEGMENT)
                .storedAs(GROUP + "v1beta1", Conversion.SAME_SHAPE)
                .field("spec.signerName")
                .table(Columns.named()
                        .text("SignerName", "Who signs with it.", object -> object.text("spec", "signerName"))
                        .table())
                .build();
    }

    private static ResourceDefinition requests(KindsContext context) {
        return KindBuilder.kind(context, GROUP + "v1", "CertificateSigningRequest", "certificatesigningrequests")
                .clusterScoped()
                .shortNames("csr")
                .status()
                .part("approval", new Approval(), "get", "patch", "update")
                .field("spec.signerName")
                .table(Columns.named()
                        .age()
                        .text("SignerName", "Who shall sign.", object -> object.text("spec", "signerName"))
                        .text("Requestor", "Who asked.", object -> object.text("spec", "username"))
                        .text(
                                "RequestedDuration",
                                "For how long.",
                                object -> object.find("spec", "expirationSeconds")
                                        .map(seconds -> Ages.shown(Duration.ofSeconds(seconds.asLong())))
                                        .orElse("<none>"))
                        .text("Condition", "How it stands.", CertificateKinds::condition)
                        .table())
                .strategy(new Requests())
                .build();
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

    private static class Requests implements Strategy {
        @Override
        public void prepareForCreate(Call call, Resource object) {
            object.tree().putObject("status");
            ObjectNode spec = object.object("spec");
            // Who asks is not for them to say.
            spec.remove(List.of("username", "uid", "groups", "extra"));
            spec.put("username", call.user().name());
            if (!call.user().uid().isEmpty()) {
                spec.put("uid", call.user().uid());
            }
            call.user().groups().forEach(spec.putArray("groups")::add);
            if (!call.user().extra().isEmpty()) {
                ObjectNode extra = spec.putObject("extra");
                call.user().extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
            }
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            Strategy.super.prepareForUpdate(call, object, old);
            old.find("spec").ifPresent(spec -> object.tree().set("spec", spec));
        }

        @Override
        public void prepareForStatusUpdate(Call call, Resource object, Resource old) {
            List<ObjectNode> verdicts = verdicts(old);
            List<ObjectNode> others = Trees.list(object.tree(), "status", "conditions").stream()
                    .filter(one -> !VERDICTS.contains(Trees.text(one, "type")))
                    .toList();
            Strategy.super.prepareForStatusUpdate(call, object, old);
            conditions(object, verdicts, others);
        }

        @Override
        public List<Cause> validate(Call call, Resource object) {
            var checks = new Checks();
            ObjectNode spec = object.object("spec");
            checks.requiredText("spec.request", Trees.text(spec, "request"));
            String signer = Trees.text(spec, "signerName");
            if (checks.requiredText("spec.signerName", signer) && signer.split("/").length != 2) {
                checks.invalid(
                        "spec.signerName",
                        signer,
                        "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            }
            if (spec.path("usages").isEmpty()) {
                checks.required("spec.usages");
            }
            JsonNode seconds = spec.path("expirationSeconds");
            if (seconds.isNumber() && seconds.asLong() < 600) {
                checks.invalid(
                        "spec.expirationSeconds",
                        seconds.asLong(),
                        "may not specify a duration less than 600 seconds (10 minutes)");
            }
            return checks.causes();
        }
    }

    /// Only the verdict changes here.
    private static final class Approval extends Requests {
        @Override
        public Reach reach() {
            return Reach.allBut("spec", "status.certificate");
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            List<ObjectNode> verdicts = verdicts(object);
            List<ObjectNode> others = Trees.list(old.tree(), "status", "conditions").stream()
                    .filter(one -> !VERDICTS.contains(Trees.text(one, "type")))
                    .toList();
            super.prepareForUpdate(call, object, old);
            conditions(object, verdicts, others);
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            var types = new HashSet<String>();
            verdicts(object).forEach(one -> types.add(Trees.text(one, "type")));
            if (types.containsAll(VERDICTS)) {
                checks.invalid(
                        "status.conditions",
                        object.at("status", "conditions"),
                        "Approved and Denied conditions are mutually exclusive");
            }
            for (ObjectNode before : verdicts(old)) {
                if (!types.contains(Trees.text(before, "type"))) {
                    checks.forbidden(
                            "status.conditions",
                            "updates may not remove a condition of type \"" + Trees.text(before, "type") + "\"");
                }
            }
            return checks.causes();
        }
    }

    private static List<ObjectNode> verdicts(Resource request) {
        return Trees.list(request.tree(), "status", "conditions").stream()
                .filter(one -> VERDICTS.contains(Trees.text(one, "type")))
                .toList();
    }

    private static void conditions(Resource request, List<ObjectNode> verdicts, List<ObjectNode> others) {
        var conditions = request.object("status").putArray("conditions");
        verdicts.forEach(conditions::add);
        others.forEach(conditions::add);
        if (conditions.isEmpty()) {
            request.object("status").remove("conditions");
        }
    }
}
