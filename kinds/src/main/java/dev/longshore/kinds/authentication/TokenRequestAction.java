package dev.longshore.kinds.authentication;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.SubresourceAction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `serviceaccounts/token`: makes a token, bound to a pod if asked.
public final class TokenRequestAction implements SubresourceAction {

    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");
    private static final GroupVersionKind KIND = new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest");
    private static final long HOUR = 3600;
    private static final long SHORTEST = 600;
    private static final long LONGEST = 1L << 32;

    private final KindsContext context;
    private final TokenSigner signer;

    /// With the cluster's keys.
    public TokenRequestAction(KindsContext context) {
        this.context = context;
        this.signer = new TokenSigner(context);
    }

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        Resource request = invocation
                .body()
                .orElseThrow(() -> new FaultException(new Fault.BadRequest("a TokenRequest was expected")));
        Resource account = registry.get(ACCOUNTS, invocation.namespace(), invocation.name())
                .orElseThrow(() -> new FaultException(new Fault.NotFound(ACCOUNTS, invocation.name())));
        long seconds = Trees.number(request.tree(), HOUR, "spec", "expirationSeconds");
        if (seconds < SHORTEST) {
            throw invalid(Cause.invalid(
                    "spec.expirationSeconds",
                    Long.toString(seconds),
                    "may not specify a duration less than 10 minutes"));
        }
        if (seconds > LONGEST) {
            throw invalid(Cause.invalid(
                    "spec.expirationSeconds",
                    Long.toString(seconds),
                    "may not specify a duration larger than 2^32 seconds"));
        }
        List<String> audiences = Trees.strings(request.tree(), "spec", "audiences");
        Optional<Resource> bound = bound(registry, account, request);
        Optional<Resource> node = bound.filter(object -> object.text("kind").equals("Pod"))
                .map(pod -> pod.text("spec", "nodeName"))
                .filter(name -> !name.isEmpty())
                .flatMap(name -> registry.get(new GroupResource("", "nodes"), "", name));
        List<String> effective = audiences.isEmpty() ? context.audiences() : audiences;
        TokenSigner.Token token = signer.sign(account, effective, Duration.ofSeconds(seconds), bound, node);
        return new Result.Answer(201, answer(request, account, effective, seconds, token));
    }

    private static Resource answer(
            Resource request, Resource account, List<String> audiences, long seconds, TokenSigner.Token token) {
        Resource answer = request.copy();
        answer.tree().put("apiVersion", KIND.apiVersion()).put("kind", KIND.kind());
        answer.metadata().put("name", account.name()).put("namespace", account.namespace());
        ObjectNode spec = answer.object("spec");
        spec.put("expirationSeconds", seconds);
        audiences.forEach(spec.putArray("audiences")::add);
        answer.tree()
                .putObject("status")
                .put("token", token.text())
                .put("expirationTimestamp", token.expires().toString());
        return answer;
    }

    private static Optional<Resource> bound(Registry registry, Resource account, Resource request) {
        ObjectNode reference =
                Trees.object(request.tree(), "spec", "boundObjectRef").orElse(null);
        if (reference == null) {
            return Optional.empty();
        }
        String kind = Trees.text(reference, "kind");
        String name = Trees.text(reference, "name");
        GroupResource resource =
                switch (kind) {
                    case "Pod" -> new GroupResource("", "pods");
                    case "Secret" -> new GroupResource("", "secrets");
                    case "Node" -> new GroupResource("", "nodes");
                    default ->
                        throw new FaultException(new Fault.BadRequest("cannot bind token for serviceaccount \""
                                + account.name() + "\" to object type \"" + kind + "\""));
                };
        String namespace = kind.equals("Node") ? "" : account.namespace();
        Resource object = registry.get(resource, namespace, name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(resource, name)));
        String uid = Trees.text(reference, "uid");
        if (!uid.isEmpty() && !uid.equals(object.uid())) {
            throw new FaultException(new Fault.Conflict(
                    resource,
                    name,
                    "the UID in the bound object reference (" + uid + ") does not match the UID in record. The object"
                            + " might have been deleted and then recreated"));
        }
        if (kind.equals("Pod") && !object.text("spec", "serviceAccountName").equals(account.name())) {
            throw new FaultException(new Fault.BadRequest("cannot bind token for serviceaccount \"" + account.name()
                    + "\" to pod running with different serviceaccount name."));
        }
        Resource known = object.copy();
        known.tree().put("kind", kind);
        return Optional.of(known);
    }

    private static FaultException invalid(Cause cause) {
        return new FaultException(new Fault.Invalid(KIND, "", List.of(cause)));
    }
}
