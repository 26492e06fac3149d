/** English, the language that the others are measured by. `{name}` is filled in; values are quoted before. */
export const en = {
  quoted: '“{text}”',
  comma: ', ',
  colon: ': ',
  andMore: '{list} and {count} more',

  'layer.token': "the token's permissions",
  'layer.owner': "the owner's permissions",
  'layer.member': "the member's permissions",

  'summary.allow': '{action} on {resource} is allowed.',
  'summary.explicit_deny': '{action} on {resource} is denied by {layer}: one statement denies what another one allows.',
  'summary.no_allow': '{action} on {resource} is denied by {layer}: no statement allows it.',
  'summary.unknown': 'Whether {action} on {resource} was allowed is not known any more.',

  'layer.allow': 'Allowed by {layer}.',
  'layer.explicit_deny': 'Denied by {layer}: one statement denies what another one allows.',
  'layer.no_allow': 'Denied by {layer}: no statement allows it.',
  'layer.unknown': 'What {layer} were at that time was not kept.',
  'layer.hidden': 'You may not see {layer}.',
  unreadable:
    'Such a request is always denied: its action or its resource is empty, longer than 512 characters or 16 segments, or malformed.',

  'place.policy': 'statement {number} of the policy {policy}',
  'place.token': 'statement {number} of the token itself',
  'place.added':
    'a deny that stands beside the token (actions that manage tokens must be named, no wildcard gives them)',

  'matched.allow': 'Allows it{colon}{place}.',
  'matched.deny': 'Denies it{colon}{place}.',
  'near.allow': 'Would allow it{colon}{place}. But {missing}.',
  'near.deny': 'Would deny it{colon}{place}. But {missing}.',

  'missing.action': 'it is for {wanted} and not for {action}',
  'missing.excluded_action': 'it leaves out {excluded}',
  'missing.excluded_resource': 'it leaves out {pattern}',
  'missing.depth': 'its pattern {pattern} has a depth of {wanted}, the resource has {found}',
  'missing.path': 'segment {segment} is {found} where its pattern {pattern} wants {wanted}',
  'missing.tags': 'the tag {wanted} is missing in segment {segment}, which its pattern {pattern} wants',
  'missing.tags.any':
    'none of the tags {wanted} is there in segment {segment}, one of which its pattern {pattern} wants',
  'missing.tags.all': 'not all of the tags {wanted} are there in segment {segment}, as its pattern {pattern} wants',
  'missing.tags.unknown':
    'the tags of segment {segment} are unknown, and unknown tags count as missing: its pattern {pattern} wants {wanted}',
  'missing.properties': 'segment {segment} lacks {wanted}, which its pattern {pattern} wants',
  'missing.properties.unknown':
    'the properties of segment {segment} are unknown, and unknown ones count as missing: its pattern {pattern} wants {wanted}',

  'advice.ask': 'Ask for {action} on {resource}.',
  'advice.ask.token': 'Give the token {action} on {resource}; a service token is frozen, issue another one.',
  'advice.ask.owner': "Ask an administrator for {action} on {resource} in the owner's policies.",
  'advice.deny': 'One more allow will not help{colon}the deny has to be narrowed or taken away ({place}).',
  'advice.deny.alone':
    'Have the deny narrowed or taken away ({place}), or have another policy that allows it: each policy is judged alone.',
  'advice.name': 'Name the action on a token of your own: give it a statement with {action} on {resource}.',
  'advice.tags': 'Or give the resource the tag {wanted}, if that is what it is.',
  'advice.tags.any': 'Or give the resource one of the tags {wanted}, if that is what it is.',
  'advice.tags.all': 'Or give the resource all of the tags {wanted}, if that is what it is.',
  'advice.tags.unknown': "Or send the resource's tags with the request.",
  'advice.properties': 'Or set {wanted} on the resource, if that is what it is.',
  'advice.properties.unknown': "Or send the resource's properties with the request.",

  'state.not_issued': 'The token had not been issued yet.',
  'state.pending': 'The token is pending: it is accepted once its issue has been confirmed.',
  'state.inactive': 'The token is deactivated: nothing it allows counts until it is activated.',
  'state.expired': 'The token has expired: nothing it allows counts. Rotate or issue another one.',
  'state.revoked': 'The token has been revoked: nothing it allows counts. Issue another one.',
  'state.owner_removed': "The token's owner was removed: a personal token ends with its owner's membership.",
  'state.recalled': 'The token was recalled in an emergency: nothing it allows counts. Issue another one.',
  'state.member_removed': 'The member was removed: its policies no longer count.',
  'state.wrong_secret': 'The token has no secret that ends like this: the text is mistyped, or of another token.',
  'state.superseded':
    'The secret was superseded, and its grace period had ended: the token itself goes on with its newest secret.',
  'state.idle': "The token was deactivated by the organization's settings, because nobody had used it for too long.",
  'state.late_use':
    "The token was deactivated by the organization's settings, because an old secret was used after its end.",
  'state.address': "The address is not in the token's address ranges.",
  'state.unknown': 'What state the token was in at that time is not known.',
} as const;
