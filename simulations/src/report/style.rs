//! The page's own style and script. Nothing is fetched from anywhere.

/// The style: readable on a phone, on a desk and on paper.
pub const STYLE: &str = r#"
:root{--ink:#1c2430;--soft:#5c6773;--line:#dfe3e8;--paper:#fff;--wash:#f5f7f9;--good:#1f7a4d;--mild:#7fb798;--bad:#b3352c;--unsure:#b9bfc7;--accent:#1f5fa8;--tag:#c9a227}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;color:var(--ink);background:var(--paper);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
header p.kind{margin:0;color:var(--soft);font-size:.875rem}
h1{font-size:1.5rem;line-height:1.3;margin:.25rem 0 1rem;font-weight:650;text-wrap:balance}
h2{font-size:1.2rem;margin:2.75rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
.small{font-size:.875rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1rem 0}
.card{background:var(--wash);border-radius:.5rem;padding:.75rem .9rem}
.card b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.card span{font-size:.875rem;color:var(--soft);display:block}
a.n{color:var(--accent);text-decoration:underline;text-decoration-color:#9dbbe0;text-underline-offset:2px;cursor:pointer;font-variant-numeric:tabular-nums}
a.n:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.wide{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--soft);font-size:.8rem;vertical-align:bottom}
td.r,th.r{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
table.dense td.r{white-space:normal}
.v{white-space:nowrap}
svg{display:block;width:100%;height:auto;margin:.5rem 0}
svg text{font-size:12px}
ul.next{margin:.5rem 0 0;padding-left:1.2rem}ul.next li{margin:.2rem 0}
code{font-size:.9em;background:var(--wash);border-radius:.25rem;padding:.05rem .3rem}
ol.worst{list-style:none;padding:0;margin:1rem 0;counter-reset:w}
ol.worst li{border-left:3px solid var(--bad);padding:.1rem 0 .1rem .9rem;margin:0 0 1.25rem}
ol.worst li.kept{border-left-color:var(--unsure)}
dl{margin:.25rem 0;display:grid;grid-template-columns:7.5rem 1fr;gap:.15rem .75rem;font-size:.95rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;font-size:.875rem;margin:.25rem 0}
.key i{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin-right:.35rem}
.ok{color:var(--good);font-weight:600}.no{color:var(--bad);font-weight:600}
dialog{border:0;border-radius:.6rem;padding:0;width:min(56rem,94vw);max-height:88vh;color:var(--ink);box-shadow:0 1rem 3rem rgba(0,0,0,.3)}
dialog::backdrop{background:rgba(20,28,38,.45)}
dialog header{position:sticky;top:0;background:var(--paper);display:flex;justify-content:space-between;gap:1rem;padding:.8rem 1rem;border-bottom:1px solid var(--line)}
dialog button{font:inherit;border:1px solid var(--line);background:var(--wash);border-radius:.4rem;padding:.2rem .8rem;cursor:pointer}
dialog .t{padding:.75rem 1rem;border-bottom:1px solid var(--line)}
dialog .t p{margin:.15rem 0;overflow-wrap:anywhere}
@media(max-width:36rem){td.r{white-space:normal}svg text{font-size:22px}main{padding:1rem .9rem 3rem}h1{font-size:1.25rem}dl{grid-template-columns:1fr;gap:0}dt{margin-top:.35rem;font-size:.8rem}
table.stack thead{display:none}table.stack tr{display:block;border-bottom:1px solid var(--line);padding:.5rem 0}table.stack td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0;text-align:right;white-space:normal}table.stack td::before{content:attr(data-l);color:var(--soft);text-align:left}table.stack td:first-child{font-weight:600;text-align:left}table.stack td:first-child::before{content:none}table.stack td:not(.r):not(:first-child){display:block;text-align:left}table.stack td:not(.r):not(:first-child)::before{display:block;font-size:.8rem}table.dense tr{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));grid-auto-flow:dense;column-gap:1.5rem}table.dense td:not(.r),table.dense td:has(.v){grid-column:1/-1}}
@media print{body{font-size:11pt}main{max-width:none;padding:0}h2,h3,h2+p{break-after:avoid}li,tr,.card,svg{break-inside:avoid}a.n{color:inherit;text-decoration:none}dialog{display:none}.wide{overflow:visible}}
"#;

/// The script: a count opens the tickets behind it. It compares every count with its list when the page opens, and says so in red
/// when one differs.
pub const SCRIPT: &str = r#"
(function(){
var d=JSON.parse(document.getElementById('tickets').textContent),box=document.getElementById('list'),out=document.getElementById('rows'),head=document.getElementById('what');
function places(k){var l=d.lists[k];if(!l)return[];var at=0;return l[1].map(function(step){at+=step;return at})}
function p(parent,label,text){if(!text)return;var e=document.createElement('p'),b=document.createElement('span');b.className='soft';b.textContent=label+' ';e.appendChild(b);e.appendChild(document.createTextNode(text));parent.appendChild(e)}
var open=[],shown=0;
function more(){var end=Math.min(shown+200,open.length);for(;shown<end;shown++){var e=d.entries[open[shown]],t=document.createElement('div');t.className='t';
p(t,e[1],e[0]);p(t,'asked',e[6]);p(t,'would have',e[2]+(e[3]?': '+e[3]:'')+(e[4]?' ['+e[4]+']':''));p(t,'would-be reply',e[7]);p(t,'rests on',e[9]);p(t,'as SMS',e[10]);p(t,'human answer',e[8]);p(t,'compared',e[5]);out.appendChild(t)}
var old=document.getElementById('more');if(old)old.remove();
if(shown<open.length){var b=document.createElement('button');b.id='more';b.textContent='show '+Math.min(200,open.length-shown)+' more of '+(open.length-shown);b.onclick=more;out.appendChild(b)}}
function show(k,label){var l=d.lists[k]||[0,[]];open=places(k);shown=0;out.textContent='';head.textContent=l[0]+(l[0]===1?' ticket: ':' tickets: ')+label+(open.length<l[0]?' (the first '+open.length+' are in this page; all are in tickets.jsonl)':'');more();box.showModal();out.scrollTop=0}
document.addEventListener('click',function(e){var a=e.target.closest('a.n');if(!a)return;e.preventDefault();show(a.dataset.k,a.dataset.l||'')});
document.getElementById('close').onclick=function(){box.close()};
var wrong=0,seen=0;document.querySelectorAll('a.n').forEach(function(a){var l=d.lists[a.dataset.k]||[0,[]],n=+a.dataset.c;seen++;if(n!==l[0]||(d.whole&&l[1].length!==n)){wrong++;a.style.color='red'}});
document.body.dataset.counts=seen;document.body.dataset.wrong=wrong;
})();
"#;
