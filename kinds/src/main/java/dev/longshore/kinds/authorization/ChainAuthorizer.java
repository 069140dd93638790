package dev.longshore.kinds.authorization;

import dev.longshore.model.Authorizer;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;

/// Asks one after the other until one has an opinion. Administrators pass before anyone is asked.
public record ChainAuthorizer(List<Authorizer> chain) implements Authorizer {

    public ChainAuthorizer {
        chain = List.copyOf(chain);
    }

    @Override
    public Decision authorize(Attributes attributes) {
        if (attributes.user().groups().contains(UserInfo.MASTERS)) {
            return new Decision.Allow("");
        }
        var reasons = new ArrayList<String>();
        var errors = new ArrayList<String>();
        for (Authorizer authorizer : chain) {
            switch (authorizer.authorize(attributes)) {
                case Decision.NoOpinion(String why, String error) -> {
                    if (!why.isEmpty()) {
                        reasons.add(why);
                    }
                    errors.add(error);
                }
                case Decision.Allow allow -> {
                    return allow;
                }
                case Decision.Deny deny -> {
                    return deny;
                }
            }
        }
        return new Decision.NoOpinion(String.join("\n", reasons), Aggregate.of(errors));
    }

    /// That administrators may do everything is nobody's rule: they are listed by the role that they are bound to.
    @Override
    public Rules rules(UserInfo user, String namespace) {
        var resources = new ArrayList<ResourceRule>();
        var paths = new ArrayList<PathRule>();
        var errors = new ArrayList<String>();
        boolean isIncomplete = false;
        for (Authorizer authorizer : chain) {
            Rules more = authorizer.rules(user, namespace);
            resources.addAll(more.resources());
            paths.addAll(more.paths());
            errors.add(more.error());
            isIncomplete |= more.isIncomplete();
        }
        return new Rules(resources, paths, isIncomplete, Aggregate.of(errors));
    }
}
