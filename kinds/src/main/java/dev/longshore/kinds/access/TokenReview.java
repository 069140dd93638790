package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.VirtualResource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Whose token is this?
record TokenReview(KindsContext context) implements VirtualResource {

    /// What the original's first authenticator, that of its own loopback client, says of every token.
    private static final String UNKNOWN = "invalid bearer token";

    @Override
    public Resource create(Call call, Registry registry, String namespace, Resource object) {
        String token = object.text("spec", "token");
        if (token.isEmpty()) {
            throw new FaultException(new Fault.BadRequest("token is required for TokenReview in authentication"));
        }
        List<String> asked = Trees.strings(object.tree(), "spec", "audiences");
        List<String> wanted = asked.isEmpty() ? context.audiences() : asked;
        Authenticator.Verdict verdict =
                context.authenticator().get().authenticate(Authenticator.Credentials.ofToken(token, wanted));
        ObjectNode status = object.tree().putObject("status");
        switch (verdict) {
            case Authenticator.Verdict.Known known -> {
                status.put("authenticated", true);
                SelfReview.describe(status.putObject("user"), known.user());
                List<String> audiences = known.audiences().isEmpty() ? wanted : known.audiences();
                audiences.forEach(status.putArray("audiences")::add);
            }
            case Authenticator.Verdict.NotMine() -> status.put("error", UNKNOWN);
            case Authenticator.Verdict.Rejected(String why) ->
                status.put("error", why.equals(UNKNOWN) ? UNKNOWN : "[" + UNKNOWN + ", " + why + "]");
        }
        return object;
    }
}
