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
        for (Authorizer authorizer : chain) {
            switch (authorizer.authorize(attributes)) {
                case Decision.NoOpinion(String why) -> {
                    if (!why.isEmpty()) {
                        reasons.add(why);
                    }
                }
                case Decision.Allow allow -> {
                    return allow;
                }
                case Decision.Deny deny -> {
                    return deny;
                }
            }
        }
        return new Decision.NoOpinion(String.join("\n", reasons));
    }

    @Override
    public Rules rules(UserInfo user, String namespace) {
        var resources = new ArrayList<ResourceRule>();
        var paths = new ArrayList<PathRule>();
        if (user.groups().contains(UserInfo.MASTERS)) {
            resources.add(new ResourceRule(List.of("*"), List.of("*"), List.of("*"), List.of()));
            paths.add(new PathRule(List.of("*"), List.of("*")));
        }
        for (Authorizer authorizer : chain) {
            Rules more = authorizer.rules(user, namespace);
            resources.addAll(more.resources());
            paths.addAll(more.paths());
        }
        return new Rules(resources, paths);
    }
}
