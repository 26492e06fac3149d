import type { Messages } from './messages.ts';

export const ja = {
  quoted: '「{text}」',
  comma: '、',
  colon: '：',
  andMore: '{list} ほか {count} 件',

  'layer.token': 'トークンの権限',
  'layer.owner': '所有者の権限',
  'layer.member': 'メンバーの権限',

  'summary.allow': '{resource}に対する{action}は許可されます。',
  'summary.explicit_deny':
    '{resource}に対する{action}は{layer}により拒否されます：許可するステートメントがありますが、別のステートメントが拒否しています。',
  'summary.no_allow': '{resource}に対する{action}は{layer}により拒否されます：許可するステートメントがありません。',
  'summary.unknown': 'その時点で{resource}に対する{action}が許可されていたかどうかは、もう分かりません。',

  'layer.allow': '{layer}により許可されます。',
  'layer.explicit_deny':
    '{layer}により拒否されます：許可するステートメントがありますが、別のステートメントが拒否しています。',
  'layer.no_allow': '{layer}により拒否されます：許可するステートメントがありません。',
  'layer.unknown': 'その時点の{layer}は保存されていません。',
  'layer.hidden': '{layer}を見る権限がありません。',
  unreadable:
    'このようなリクエストは常に拒否されます：アクションまたはリソースが空か、512 文字または 16 セグメントを超えているか、形式が正しくありません。',

  'place.policy': 'ポリシー{policy}の {number} 番目のステートメント',
  'place.token': 'トークン自身の {number} 番目のステートメント',
  'place.added':
    'トークンに添えられた拒否（トークンを管理するアクションは名前で指定する必要があり、ワイルドカードでは与えられません）',

  'matched.allow': '許可{colon}{place}。',
  'matched.deny': '拒否{colon}{place}。',
  'near.allow': 'あと一つで許可{colon}{place}。ただし、{missing}。',
  'near.deny': 'あと一つで拒否{colon}{place}。ただし、{missing}。',

  'missing.action': '対象は{wanted}で、{action}ではありません',
  'missing.excluded_action': '{excluded}を除外しています',
  'missing.excluded_resource': '{pattern}を除外しています',
  'missing.depth': 'パターン{pattern}の深さは {wanted} ですが、リソースの深さは {found} です',
  'missing.path': '{segment} 番目のセグメントは{found}ですが、パターン{pattern}が求めるのは{wanted}です',
  'missing.tags': '{segment} 番目のセグメントに、パターン{pattern}が求めるタグ{wanted}がありません',
  'missing.tags.any': '{segment} 番目のセグメントに、パターン{pattern}が求めるタグ{wanted}のいずれもありません',
  'missing.tags.all': '{segment} 番目のセグメントに、パターン{pattern}が求めるタグ{wanted}のすべてがそろっていません',
  'missing.tags.unknown':
    '{segment} 番目のセグメントのタグは不明で、不明なタグはないものとして扱われます（パターン{pattern}が求めるのは{wanted}）',
  'missing.properties': '{segment} 番目のセグメントに、パターン{pattern}が求める{wanted}がありません',
  'missing.properties.unknown':
    '{segment} 番目のセグメントのプロパティは不明で、不明なプロパティはないものとして扱われます（パターン{pattern}が求めるのは{wanted}）',

  'advice.ask': '{resource}に対する{action}の権限を申請してください。',
  'advice.ask.token':
    '{resource}に対する{action}をトークンに与えてください。サービストークンの権限は固定されているので、新しく発行してください。',
  'advice.ask.owner': '{resource}に対する{action}を所有者のポリシーに加えるよう、管理者に依頼してください。',
  'advice.deny': '許可を増やしても変わりません{colon}拒否を狭めるか取り除く必要があります（{place}）。',
  'advice.deny.alone':
    '拒否を狭めるか取り除くか（{place}）、許可する別のポリシーを用意してください。ポリシーは一つずつ判定されます。',
  'advice.name':
    '自分のトークンでアクションを名前で指定してください：{resource}に対する{action}のステートメントを加えます。',
  'advice.tags': 'または、リソースが実際にそうであれば、タグ{wanted}を付けてください。',
  'advice.tags.any': 'または、リソースが実際にそうであれば、タグ{wanted}のいずれかを付けてください。',
  'advice.tags.all': 'または、リソースが実際にそうであれば、タグ{wanted}をすべて付けてください。',
  'advice.tags.unknown': 'または、リソースのタグをリクエストと一緒に送ってください。',
  'advice.properties': 'または、リソースが実際にそうであれば、{wanted}を設定してください。',
  'advice.properties.unknown': 'または、リソースのプロパティをリクエストと一緒に送ってください。',

  'state.not_issued': 'その時点でトークンはまだ発行されていませんでした。',
  'state.pending': 'トークンは保留中です。発行が確認されると受け付けられます。',
  'state.inactive': 'トークンは無効化されています。有効化されるまで、許可していることはどれも効きません。',
  'state.expired':
    'トークンは期限切れです。許可していることはどれも効きません。ローテーションするか、新しく発行してください。',
  'state.revoked': 'トークンは失効しています。許可していることはどれも効きません。新しく発行してください。',
  'state.owner_removed': 'トークンの所有者は削除されています。個人トークンは所有者のメンバーシップとともに終わります。',
  'state.recalled': 'トークンは緊急時に回収されました。許可していることはどれも効きません。新しく発行してください。',
  'state.member_removed': 'メンバーは削除されています。そのポリシーはもう効きません。',
  'state.wrong_secret':
    'このトークンに、そのように終わるシークレットはありません。入力の誤りか、別のトークンのものです。',
  'state.superseded':
    'そのシークレットは置き換えられ、猶予期間も終わっています。トークン自体は最新のシークレットで続きます。',
  'state.idle': '長い間使われなかったため、組織の設定によりトークンは無効化されました。',
  'state.late_use': '古いシークレットが終了後に使われたため、組織の設定によりトークンは無効化されました。',
  'state.address': 'そのアドレスはトークンのアドレス範囲にありません。',
  'state.unknown': 'その時点でトークンがどの状態だったかは分かりません。',
} as const satisfies Messages;
