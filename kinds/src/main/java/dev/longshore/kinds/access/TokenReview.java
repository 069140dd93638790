package dev.longshore.kinds.access;

import dev.longshore.kinds.authentication.ServiceAccountTokens;
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
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Whose token is this?
record TokenReview(KindsContext context) implements VirtualResource {

    @Override
    public Resource create(Call call, Registry registry, String namespace, Resource object) {
        String token = object.text("spec", "token");
        if (token.isEmpty()) {
            throw new FaultException(new Fault.BadRequest("token is required for TokenReview in authentication"));
        }
        List<String> asked = Trees.strings(object.tree(), "spec", "audiences");
        List<String> wanted = asked.isEmpty() ? context.audiences() : asked;
        var tokens = new ServiceAccountTokens(context);
        Authenticator.Verdict verdict = tokens.verify(registry, token, wanted);
        List<String> audiences = ServiceAccountTokens.common(token, wanted);
        if (verdict instanceof Authenticator.Verdict.NotMine) {
            // Tokens of other kinds are all for the API server itself.
            audiences = wanted.stream().filter(context.audiences()::contains).toList();
            if (!audiences.isEmpty()) {
                verdict = context.authenticator()
                        .get()
                        .authenticate(new Authenticator.Credentials(Optional.of(token), List.of(), Map.of()));
            }
        }
        ObjectNode status = object.tree().putObject("status");
        switch (verdict) {
            case Authenticator.Verdict.Known(var user) -> {
                status.put("authenticated", true);
                SelfReview.describe(status.putObject("user"), user);
                audiences.forEach(status.putArray("audiences")::add);
            }
            case Authenticator.Verdict.NotMine() -> status.put("error", "invalid bearer token");
            case Authenticator.Verdict.Rejected(String why) -> status.put("error", why);
        }
        return object;
    }
}
