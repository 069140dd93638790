package dev.longshore.kinds.access;

import dev.longshore.base.Time;
import dev.longshore.model.Call;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.Times;
import dev.longshore.model.UserInfo;
import dev.longshore.model.VirtualResource;
import tools.jackson.databind.node.ObjectNode;

/// Who am I?
record SelfReview(Time time) implements VirtualResource {

    @Override
    public Resource create(Call call, Registry registry, String namespace, Resource object) {
        object.tree().putObject("metadata").put("creationTimestamp", Times.print(time.now()));
        describe(object.tree().putObject("status").putObject("userInfo"), call.user());
        return object;
    }

    /// Writes what is known of `user`.
    static void describe(ObjectNode info, UserInfo user) {
        info.put("username", user.name());
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        if (!user.groups().isEmpty()) {
            user.groups().forEach(info.putArray("groups")::add);
        }
        if (!user.extra().isEmpty()) {
            ObjectNode extra = info.putObject("extra");
            user.extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        }
    }
}
